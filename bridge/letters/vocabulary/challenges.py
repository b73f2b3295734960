"""Filters that want the sender to prove something before they deliver."""

CHALLENGES = (
    "confirm that you are human", "prove that you are human", "prove you are human", "verify that you are human", "verify you are human",
    "prove you're human", "you are a real person", "you are not a spammer", "verify your email address to deliver", "sender verification",
    "challenge-response", "challenge/response", "spamarrest", "spam arrest", "boxbe", "boxbe guest list", "on my guest list", "to my guest list",
    "approved sender list", "approved senders list", "list of approved senders", "list of allowed senders", "your message is being held",
    "your message has been held until", "has been held until you", "is being held until you", "is being held because", "held in quarantine until you",
    "confirm your message", "confirm your email to", "release your message", "in order to deliver your message", "to have your message delivered",
    "for your message to be delivered", "one-time confirmation", "one time confirmation", "one-time verification", "one time verification",
    "reply to this message to confirm", "simply reply to this message without", "click the link below to deliver", "click on the link below to confirm",
    "message requires confirmation", "qurb", "active spam killer", "mailblocks", "antispam uol", "bestätigen sie, dass sie ein mensch",
    "ihre nachricht wird zurückgehalten", "prouver que vous êtes", "confirmez que vous êtes", "confirmar que es una persona", "confirme que você é",
    "confermare di essere",
)  # fmt: skip
