"""Readers of untrusted answers: hand-written parsers with size limits. Nothing here evaluates text."""
