"""What goes out by e-mail: drafts with their attachments, and a list of who gets what. Nothing is sent.

Contract: results.md, ``kisi mail``.
"""
