"""``kisi desk``: the same work in a browser, on this machine only. Nothing is sent anywhere.

``server`` listens, ``guard`` lets in, ``views`` say what the pages hold, ``runs`` lets the commands do the work.
"""
