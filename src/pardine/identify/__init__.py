"""Coat evidence: what two photographs say about whether they show one animal."""
