"""Made-up documents to start from: a badge and a certificate in which nothing is missing."""

from policies.document import ProposalDocument, read_document

LEVELS = [
    {"level": "1, beginning", "description": "Claims without a source."},
    {"level": "2, developing", "description": "Some claims rest on a source."},
    {"level": "3, proficient", "description": "Every claim rests on a named source."},
    {"level": "4, distinguished", "description": "Also names what the source cannot carry."},
]


def outcome(number: int) -> dict[str, object]:
    return {
        "competencies": [f"c{number}"],
        "statement": f"Given data set {number}, the learner explains its largest change.",
        "assessment": {"kind": "project", "description": "A one-page brief and its chart."},
        "rubric": LEVELS,
        "threshold": "Level 3 of 4 on every row.",
    }


def badge_data() -> dict[str, object]:
    return {
        "title": "Data Storytelling",
        "unit": "libraries",
        "contact": {"name": "Rowan Sample", "email": "rowan.sample@example.edu"},
        "purpose": {"kinds": ["up_skilling"], "rationale": "First jobs ask for it."},
        "type": "digital_badge",
        "audience": ["undergraduate"],
        "competencies": [
            {"statement": "Plans interviews on hard subjects.", "kind": "skill"},
            {"statement": "Explains why two forecasts differ.", "kind": "knowledge"},
            {"statement": "Defends each line of a budget.", "kind": "ability"},
            {"statement": "Chooses a chart that fits a claim.", "kind": "skill"},
        ],
        "competency_statement": "The holder turns public data into a story.",
        "slos": [outcome(number) for number in range(1, 5)],
        "pos": [
            {"metric": "Finishers", "target": "70 of 100", "source": "Records", "cycle": "Year"}
        ],
        "rigor": {"level": "intermediate", "rationale": "Beyond recall, below research."},
        "alignment": [
            {
                "kind": "industry",
                "statement": "Junior finance posts.",
                "evidence": "Letter of a county partner.",
                "dated": "2026-10-05",
            }
        ],
        "reflection": {
            "prompts": [
                {"tag": "pathway", "text": "How did the steps fit?"},
                {"tag": "personal_growth", "text": "What did you doubt before?"},
                {"tag": "professional_growth", "text": "What will you do at work?"},
            ],
            "rubric": "Meets: names a moment of change.",
        },
        "pathway": {"position": "First of three steps."},
        "partners": ["County Library System"],
        "portability_note": "Two partners count it as entry.",
        "basis": [{"kind": "course", "reference": "IDS 3301", "exists": "existing"}],
        "routing": {"stack": "none", "credit_scope": "outside_both", "credit_intended": "no"},
        "overlap_seen": True,
    }


def badge(**changes: object) -> ProposalDocument:
    """Return a badge in which nothing is missing, with some top-level fields said otherwise."""
    return read_document(badge_data() | changes)


def certificate(**changes: object) -> ProposalDocument:
    """Return a micro-certificate in which nothing is missing."""
    data = badge_data() | {
        "type": "micro_certificate",
        "routing": {"credit_scope": "in_340_350", "credit_intended": "no"},
        "theme": "Working with public data",
        "constituents": ["CR-1", "CR-2", "CR-3"],
        "completion": {"rule": "n_of_m", "n": 2},
        "organisation": {"pattern": "Two of three", "goal": "Move into data work."},
    }
    return read_document(data | changes)
