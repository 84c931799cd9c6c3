"""Where secrets are kept, one file each; ``sym_secrets.type`` is the module's name.

Each module has a schema ``Settings`` and a class ``Source``; ``sym.sdk._secrets.Source`` says what it must offer. One
without ``Source`` is known but not served yet. A source opens nothing by itself: the place it may read is handed to it.
"""
