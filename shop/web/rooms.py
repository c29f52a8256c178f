"""The rooms of the pages, one for each who uses them; each is a folder beside this file."""

# In the order in which an address is looked for: most are asked for what is on the shelf.
ROOMS = (
    "shelf",
    "buying",
    "account",
    "together",
    "desk",
    "office",
    "contest",
    "organiser",
    "judge",
    "words",
    "builder",
    "setup",
    "found",
)
