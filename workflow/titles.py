"""When two titles are one: as a proposal holds them, so that no two are alike."""

import unicodedata


def title_key(title: str) -> str:
    """A title as it is compared: composed, folded, without white space and marks at its ends.

    >>> title_key("  Data   Storytelling. ")
    'data storytelling'
    """
    folded = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(folded.split()).strip(" .!?\"'")
