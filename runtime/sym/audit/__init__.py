"""The audit log's words and proofs: what is recorded, what of it is personal, and how tampering shows.

``events`` is the vocabulary, ``classification`` says what is public, ``chain`` holds the hashes. Nothing here stores
anything: ``sym.store.audit`` does.
"""
