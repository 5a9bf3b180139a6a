"""Containers of files: archives (.zip) and e-mails (.eml, .msg), and the workbooks in them.

Contract: workbook.md, "What else lies in the folder". Nothing is unpacked to disk: a workbook in a container
is named by ``Member`` and read as bytes (``contents``) when it is due.
"""
