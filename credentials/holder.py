"""Whose a credential is: whether it was issued to an e-mail address, without saying to which.

Source: 1EdTech Open Badges 3.0, section 7.2 (IdentityObject: hashed e-mail address, salted).
"""

import hmac
from collections.abc import Mapping

from credentials.documents import as_list
from credentials.facts import HashedEmail


def issued_to(document: Mapping[str, object], email: str) -> bool | None:
    """Whether the credential names this address; None where it names none by its hash.

    The address is that of the day it was issued: a later change of it changes no credential.
    """
    subject = document.get("credentialSubject")
    hashes = [
        (str(one.get("identityHash")), str(one.get("salt", "")))
        for one in as_list(subject.get("identifier") if isinstance(subject, dict) else None)
        if isinstance(one, dict) and one.get("identityType") == "emailAddress" and one.get("hashed")
    ]
    if not hashes:
        return None
    return any(
        hmac.compare_digest(said.encode(), HashedEmail.of(email, salt=salt).identity_hash.encode())
        for said, salt in hashes
    )
