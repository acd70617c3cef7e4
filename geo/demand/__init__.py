"""Demand at the kerb: who would like to stop, how long, and how drivers answer to rules, each with its uncertainty."""
