"""Levain, a wiki of free recipes of social innovation."""
