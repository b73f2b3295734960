"""The checker is proved by a planted loss and a planted duplicate."""

from email.message import EmailMessage

from bridge.testing.checker import check


def mail(tag: str, message_id: str) -> EmailMessage:
    made = EmailMessage()
    made["Message-ID"] = message_id
    made.set_content(f"{tag} please help\n\nEARLIER CONTACTS\npost-9999 please help")
    return made


def test_a_whole_workload_is_fine() -> None:
    found = check(["post-0001", "answer-0001"], mails=[mail("post-0001", "<1>")], said=["answer-0001 done"])

    assert found.fine


def test_the_ten_thousandth_post_is_one_of_its_own() -> None:
    found = check(["post-1000", "post-10000"], mails=[mail("post-10000", "<1>")], said=[])

    assert (found.lost, found.doubled) == (("post-1000",), ())


def test_a_planted_loss_is_found() -> None:
    assert check(["post-0001", "post-0002"], mails=[mail("post-0001", "<1>")], said=[]).lost == ("post-0002",)


def test_what_is_held_is_not_lost() -> None:
    assert check(["answer-0001"], mails=[], said=[], held=["answer-0001"]).fine


def test_a_planted_duplicate_is_found() -> None:
    twice = [mail("post-0001", "<1>"), mail("post-0001", "<2>")]

    assert check(["post-0001"], mails=twice, said=[]).doubled == ("post-0001",)
    assert check([], mails=[], said=["answer-0001", "answer-0001"]).doubled == ("answer-0001",)


def test_the_same_mail_again_is_counted_and_no_fault() -> None:
    found = check(["post-0001"], mails=[mail("post-0001", "<1>")] * 2, said=[])

    assert (found.fine, found.repeated) == (True, 1)


def test_an_answer_that_is_only_quoted_in_a_mail_is_lost() -> None:
    """A notice that holds it, or a thread that shows it, does not say it to the customer."""
    notice = EmailMessage()
    notice["Message-ID"] = "<3>"
    notice.set_content("This was not published: answer-0001 done")

    assert check(["answer-0001"], mails=[notice], said=[]).lost == ("answer-0001",)


def test_a_post_that_only_an_answer_speaks_of_is_lost() -> None:
    assert check(["post-0001"], mails=[], said=["about post-0001"]).lost == ("post-0001",)
