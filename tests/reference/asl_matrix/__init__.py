"""Runs the deployed state machines in two interpreters, under every fault their definitions speak of."""
