"""Sentences of telephone menus, conferences and daily life, composed from slots by chance."""

import random
import re
from collections.abc import Iterator

from num2words import num2words

from training.data.text import spoken

_SLOT = re.compile(r"\{(\w+)\}")

_SLOTS: dict[str, tuple[str, ...]] = {
    "thing": (
        "ticket", "password", "invoice", "passport", "printer", "phone", "bag", "report", "booking",
        "bicycle", "letter", "contract", "car", "computer", "window", "camera", "key", "coat",
    ),
    "things": (
        "documents", "photographs", "messages", "questions", "orders", "prices", "rules", "results",
        "children", "neighbours", "machines", "flowers", "vegetables", "figures", "suitcases",
    ),
    "person": (
        "my sister", "our manager", "the doctor", "my brother", "the next speaker", "a colleague",
        "the chairman", "the teacher", "my mother", "the driver", "your neighbour", "the minister",
        "an engineer", "the president of the committee", "somebody from the office", "the audience",
    ),
    "place": (
        "the station", "the airport", "the kitchen", "the library", "the main hall", "the market",
        "the hospital", "the second floor", "the reception desk", "the city centre", "the garden",
        "the harbour", "the car park", "the conference room", "the mountains", "the post office",
    ),
    "city": (
        "Paris", "Geneva", "London", "Berlin", "Madrid", "Rome", "Vienna", "Brussels", "Dublin",
        "Lisbon", "Montreal", "Boston", "Chicago", "Warsaw", "Athens", "Stockholm", "Prague",
    ),
    "day": (
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "tomorrow",
        "today", "next week", "this morning", "tonight", "in the afternoon", "at the weekend",
    ),
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "topic": (
        "climate change", "public health", "the budget", "renewable energy", "language learning",
        "road safety", "the new schedule", "artificial intelligence", "water quality", "education",
        "international trade", "the housing market", "food prices", "cultural exchange", "history",
        "human rights", "the future of work", "space research", "agriculture", "medical research",
    ),
    "service": (
        "customer service", "technical support", "the sales department", "billing", "reservations",
        "the emergency line", "opening hours", "an operator", "your account", "new orders",
    ),
    "do": (
        "call you back", "send the report", "open the window", "change the date", "read the paper",
        "pay the bill", "repeat the question", "wait outside", "speak more slowly", "make a list",
        "take the train", "cook dinner", "look at the map", "write to the office", "sign the form",
        "find the right word", "leave a message", "start the meeting", "clean the house", "rest",
    ),
    "adjective": (
        "important", "difficult", "interesting", "expensive", "simple", "quiet", "strange", "useful",
        "clear", "urgent", "beautiful", "complicated", "dangerous", "surprising", "free", "excellent",
    ),
    "key": ("pound", "star", "hash", "zero", "one"),
    "food": (
        "coffee", "bread and cheese", "soup", "fresh fruit", "orange juice", "rice", "fish", "tea",
        "chocolate cake", "a glass of water", "vegetable stew", "sandwiches", "eggs", "ice cream",
    ),
    "weather": ("rain", "snow", "be sunny", "be windy", "be cold", "be warm", "be cloudy", "freeze"),
    "greeting": (
        "Good morning", "Good afternoon", "Good evening", "Hello", "Hi there", "Welcome",
        "Ladies and gentlemen", "Dear colleagues", "Thank you very much", "Excuse me", "Sorry",
    ),
    "link": (
        "however", "for example", "as you know", "of course", "in other words", "on the other hand",
        "unfortunately", "in my opinion", "to be honest", "first of all", "after all", "at last",
    ),
}

_TEMPLATES: tuple[str, ...] = (
    "{greeting}, and welcome to {place}.",
    "{greeting}, may I ask you to {do}?",
    "{greeting}, I would like to talk about {topic} and {topic}.",
    "For {service}, press {n9}.",
    "If you need {service}, press {n9}, or stay on the line.",
    "Enter your {n12} digit {thing} number, followed by the {key} key.",
    "To hear this menu again, press the {key} key.",
    "You have {n99} new messages and {n99} saved messages.",
    "Your call is number {n99} in the queue, and the wait is about {n20} minutes.",
    "The number you have dialled is {digits}.",
    "My telephone number is {digits}, and my code is {digits}.",
    "The train to {city} leaves at {hour} {minutes} from platform {n20}.",
    "The flight from {city} to {city} is {n99} minutes late.",
    "The meeting is on {month} the {ordinal}, at {hour} o'clock.",
    "We were in {city} from {month} to {month}.",
    "In {year}, {person} moved to {city}.",
    "It costs {n999} dollars and {n99} cents.",
    "About {n99} percent of the {things} came from {city}.",
    "Between {n99} and {n999} people work at {place}.",
    "{person} will {do} {day}.",
    "{person} asked {person} to {do} before {hour} o'clock.",
    "Could you please {do} when you get to {place}?",
    "Why did {person} not {do}?",
    "Where can I find {place}, and when does it open?",
    "Do you know where {person} put the {thing}?",
    "I have lost my {thing} somewhere near {place}.",
    "I think the {thing} is too {adjective} for {person}.",
    "{link}, {person} found the {things} very {adjective}.",
    "We need to discuss {topic} {day}, because it is {adjective}.",
    "This {adjective} question about {topic} was raised by {person}.",
    "The next session, on {topic}, begins at {hour} {minutes} in {place}.",
    "Let me thank {person} for this {adjective} presentation on {topic}.",
    "There is no simple answer when it comes to {topic}, {link}.",
    "What {person} said about {topic} was {adjective}, but not very {adjective}.",
    "I would like {food} and {food}, please.",
    "{person} had {food} for breakfast, and {food} for lunch.",
    "It is going to {weather} in {city} {day}.",
    "They say it will {weather} in the north and {weather} in the south.",
    "We don't have any {food}, so let's go to {place}.",
    "I'm afraid {person} can't {do} {day}.",
    "Turn left at {place}, then walk for {n20} minutes.",
    "Please keep the {thing} with you, and do not leave it at {place}.",
    "The vote has been moved to {day}, {link}.",
    "Can everybody hear me at the back of {place}?",
    "I'm {n99} years old, and I live in {city} with {person}.",
    "She told {person} that the {things} were {adjective}.",
    "If {person} can {do}, then we can {do} as well.",
    "The {thing} that {person} bought in {city} was {adjective}.",
    "Chapter {n99}, page {n999}, line {n20}.",
    "That makes {n999} plus {n99}, which is quite {adjective}.",
    "We will now vote on amendment {n99}, which concerns {topic}.",
    "I give the floor to {person}, for {n20} minutes.",
)


def everyday_sentences(rng: random.Random) -> Iterator[str]:
    """Sentences without end, in an order fixed by `rng`; repeats are possible."""
    while True:
        if sentence := spoken(_SLOT.sub(lambda slot: _fill(slot[1], rng), rng.choice(_TEMPLATES))):
            yield sentence


def _fill(slot: str, rng: random.Random) -> str:
    if slot in _SLOTS:
        return rng.choice(_SLOTS[slot])
    match slot:
        case "digits":
            return ", ".join(_digit_group(rng) for _ in range(rng.randint(1, 3)))
        case "hour":
            return _words(rng.randint(1, 12))
        case "minutes":
            return rng.choice(("fifteen", "thirty", "forty-five", "oh five", "twenty", "ten past"))
        case "ordinal":
            return str(num2words(rng.randint(1, 31), to="ordinal"))
        case "year":
            return str(num2words(rng.randint(1850, 2030), to="year"))
        case _:
            return _words(rng.randint(1, int(slot.removeprefix("n"))))


def _digit_group(rng: random.Random) -> str:
    return " ".join(_words(rng.randint(0, 9)) for _ in range(rng.randint(2, 4)))


def _words(number: int) -> str:
    return str(num2words(number))
