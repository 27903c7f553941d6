"""The report: what a survey says, in words, figures and tables; the only place that knows plots and PDF."""
