"""Languages of short texts: by script, by words, by what the platform says, and und where nothing tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.judges.language import LanguageFinder
from bridge.judges.tokens import tokens

EVERY = LanguageFinder(())
EVERY.language(["hello"], "")  # the table is loaded before anything is timed


def found(text: str, *languages: str, stated: str = "") -> str:
    return (LanguageFinder(languages) if languages else EVERY).language(tokens(text), stated)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My parcel has not arrived and nobody answers the phone", "en"),
        ("Mein Paket ist nicht angekommen und niemand geht ans Telefon", "de"),
        ("Mon colis n'est pas arrivé et personne ne répond", "fr"),
        ("Mi paquete no ha llegado y nadie contesta al teléfono", "es"),
        ("Minha encomenda não chegou e ninguém atende o telefone", "pt"),
        ("Il mio pacco non è arrivato e nessuno risponde al telefono", "it"),
        ("Mijn pakket is niet aangekomen en niemand neemt op", "nl"),
        ("Moja paczka nie dotarła i nikt nie odbiera telefonu", "pl"),
        ("Pakken min har ikke kommet og ingen tar telefonen, hva nå?", "nb"),
        ("Min pakke er ikke kommet, og hvad gør jeg så nu?", "da"),
        ("Моя посылка не пришла, и никто не отвечает", "ru"),
        ("Моя посилка не прийшла, і ніхто не відповідає", "uk"),
        ("Пратката ми не е пристигнала и никой не отговаря", "bg"),
        ("لم يصل الطرد ولا أحد يجيب على الهاتف", "ar"),
        ("بسته من نرسیده است و هیچ کس پاسخ نمی‌دهد", "fa"),
        ("荷物が届きません", "ja"),
        ("我的包裹还没有到", "zh"),
        ("택배가 아직 안 왔어요", "ko"),
        ("το δέμα μου δεν έφτασε", "el"),
        ("החבילה שלי לא הגיעה", "he"),
        ("พัสดุของฉันยังไม่มา", "th"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    assert found(text) == language


@pytest.mark.parametrize("text", ["", "🔥🔥🔥", "12345", "@acme https://example.com/a", "\ud800", "!!!"])
def test_a_text_without_words_is_undetermined(text: str) -> None:
    assert found(text) == "und"


def test_what_the_platform_says_counts_where_the_text_says_nothing() -> None:
    assert found("🔥 12:30", stated="pt-BR") == "pt"
    assert found("🔥 12:30", "en", "de", stated="pt-BR") == "und"


def test_the_text_counts_more_than_the_platform() -> None:
    assert found("Mein Paket ist immer noch nicht da", stated="en") == "de"


def test_a_language_that_nobody_configured_is_undetermined() -> None:
    assert found("Moja paczka nie dotarła i nikt nie odbiera telefonu", "en", "de") == "und"
    assert found("荷物が届きません", "en", "de") == "und"


def test_norwegian_is_called_as_it_is_configured() -> None:
    text = "Pakken min har ikke kommet og ingen tar telefonen"
    assert found(text, "no", "en") == "no"
    assert found(text, "nb", "en") == "nb"


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none(text: str) -> None:
    language = found(text, "en", "de", "ja")
    assert language in {"en", "de", "ja", "und"}


@given(st.text(alphabet=st.characters(min_codepoint=0x370, max_codepoint=0x3FFFF), max_size=3000))
def test_long_texts_of_rare_letters_overflow_nothing(text: str) -> None:
    assert found(text) != ""
