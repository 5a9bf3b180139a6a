"""Edits workbooks that others have written, part by part, leaving everything else in them unchanged.

Used for the marked copies that go back to municipalities and for the ministry's form.
"""
