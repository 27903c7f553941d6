"""The likelihood of capture histories and its adjoint, from detection functions to several sessions."""
