"""Keeping the house safe: what was looked at, what was reported, who may not write for a while, who did what.

models    its tables
acts      the public log of what the moderation did
patrol    marks on the edits of newcomers: waiting for a look, looked at, undone
queue     what waits for a look, and taking one edit back
flags     what readers report
blocks    who may not write until when, and why
"""
