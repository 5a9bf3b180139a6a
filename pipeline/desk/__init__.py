"""``kisi desk``: the commands in a browser on this machine. Nothing is sent anywhere.

``server`` listens, ``guard`` authenticates, ``views`` give the data of the pages, ``runs`` starts commands.
"""
