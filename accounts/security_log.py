"""What the log tells of who came in and who tried: lines that can be put together, and name nobody.

The logger is `sheaf.security`. A person is told by her random id; an address of the network, or of a mailbox that may
be nobody's, by a mark that only this shop can make and that is the same each time.
"""

import logging

from django.utils.crypto import salted_hmac

security = logging.getLogger("sheaf.security")


def mark(text: str) -> str:
    """Twelve hexadecimal digits that stand for the text in this shop's log."""
    return salted_hmac("sheaf.security", text, algorithm="sha256").hexdigest()[:12]
