"""E-mail drafts (.eml) with attachments, and the list of who gets which. Nothing is sent. Contract:
results.md, ``kisi mail``.
"""
