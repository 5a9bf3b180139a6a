"""Editing workbooks that others have written, part by part, so that everything else in them stays as it is.

For the copies that go back to municipalities and for the ministry's form.
"""
