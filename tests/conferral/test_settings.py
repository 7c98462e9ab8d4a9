"""Settings: where they come from, and how a wrong one is said."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from conferral.errors import BadSettings
from conferral.settings import Settings, load, variable


def test_without_any_setting_the_university_is_plainly_fictional(tmp_path: Path) -> None:
    settings = load({}, folder=tmp_path)
    assert settings.institution_name == "Example University"
    assert settings.zone.key == "America/New_York"
    assert settings.server_urls() == {}


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "conferral.toml").write_text(
        'institution_name = "Sample College"\ndomain = "sample.example"\n', encoding="utf-8"
    )
    settings = load({"CONFERRAL_DOMAIN": "other.example"}, folder=tmp_path)
    assert (settings.institution_name, settings.domain) == ("Sample College", "other.example")


def test_the_names_every_host_knows_go_without_prefix() -> None:
    url = "postgresql://db.example/conferral"
    settings = load({"DATABASE_URL": url, "SMTP_URL": "smtp://mail.example:25", "REDIS_URL": ""})
    assert settings.server_urls() == {"DATABASE_URL": url, "SMTP_URL": "smtp://mail.example:25"}
    assert variable("redis_url") == "REDIS_URL"
    assert variable("time_zone") == "CONFERRAL_TIME_ZONE"


def test_settings_do_not_change_and_show_no_secret() -> None:
    settings = load({"SECRET_KEY": "s" * 40})
    with pytest.raises(ValidationError):
        settings.domain = "other.example"  # type: ignore[misc]
    assert "ssss" not in repr(settings)
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == "s" * 40


def test_an_issuer_address_has_no_slash_at_its_end() -> None:
    settings = load({"CONFERRAL_ISSUER_URL": "https://badges.sample.example/"})
    assert settings.issuer_url == "https://badges.sample.example"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CONFERRAL_TIME_ZONE", "Mars/Base", "'Mars/Base' is not a time zone"),
        ("CONFERRAL_TIME_ZONE", "../etc/passwd", "is not a time zone"),
        ("CONFERRAL_MAIL_SENDER", "nobody", "is not a mail address"),
        ("CONFERRAL_BUSINESS_CONTACT", "a b@c.example", "is not a mail address"),
        ("CONFERRAL_ISSUER_URL", "ftp://x.example", "begins with https://"),
        ("CONFERRAL_DOMAIN", "no domain", "domain"),
        ("DATABASE_URL", "mysql://db.example/x", "begins with postgresql://"),
        ("REDIS_URL", "localhost", "begins with redis://"),
        ("SMTP_URL", "http://mail.example", "begins with smtp://"),
        ("SECRET_KEY", "short", "at least 32 characters"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str, says: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load({name: value})
    message = str(refused.value)
    assert message.startswith(f"{name}: ") or says == "domain"
    assert says in message.lower() or says in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour = 'blue'", "colour in conferral.toml: there is no such setting"),
        ("domain = 5", "domain in conferral.toml: "),
        ("domain = ", "conferral.toml cannot be read: "),
    ],
)
def test_a_wrong_file_is_named_with_its_field(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "conferral.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=says):
        load({}, folder=tmp_path)


def test_a_file_that_is_asked_for_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"none\.toml cannot be read"):
        load({"CONFERRAL_CONFIG": str(tmp_path / "none.toml")})


def test_every_setting_has_a_default_so_that_a_trial_needs_none() -> None:
    assert all(not field.is_required() for field in Settings.model_fields.values())
