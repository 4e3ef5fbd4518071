"""What Levain costs: a corpus to measure on, and the measures."""
