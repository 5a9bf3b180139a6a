"""Edits workbooks of others part by part, leaving everything else unchanged; knows nothing of KISI.

Used for annotated copies and for the ministry's forms.
"""
