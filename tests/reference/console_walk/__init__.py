"""The parts of console.py."""
