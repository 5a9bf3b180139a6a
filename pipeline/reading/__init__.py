"""Reads one received file: from bytes to typed tables and findings, or a refusal.

``package``: the zip and its parts; ``locate``: headers and rows; ``values``: cells; ``containers``: archives
and e-mails.
"""
