"""The one kind of error that is the person's to mend: the command line prints it as a sentence and exits with 2."""


class Refusal(ValueError):
    """Something that was typed or given cannot be used; the message is one sentence that says what and why."""
