"""Every column that names a person says what becomes of it when her account goes into another: none can be forgotten."""

from importlib import import_module

from django.apps import apps
from django.conf import settings

from accounts.actions import merging as accounts
from accounts.merging import Becomes
from accounts.models import Person


def tables() -> dict[str, dict[str, Becomes]]:
    """What each floor says, by the module that says it; a floor whose table nobody carries out is not asked."""
    modules = {name.rpartition(".")[0] for name in settings.PERSON_MERGERS}
    return {name: import_module(name).COLUMNS for name in sorted(modules)} | {"accounts": accounts.COLUMNS}


def columns_that_name_a_person() -> dict[str, type]:
    return {
        f"{model._meta.label}.{field.name}": model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "concrete", False) and field.related_model is Person
    }


def test_each_column_says_once_what_becomes_of_it():
    said = [label for columns in tables().values() for label in columns]
    assert sorted(said) == sorted(columns_that_name_a_person())
    assert len(said) > 80, "the walk found the house's columns"


def test_what_is_only_added_to_stays():
    """The database refuses to change it: who says that it moves would find out on the day."""
    models = columns_that_name_a_person()
    for columns in tables().values():
        for label, becomes in columns.items():
            if getattr(models[label], "append_only", False):
                assert becomes is Becomes.STAYS, label


NUMBERS = ("BigIntegerField", "IntegerField", "PositiveBigIntegerField", "PositiveIntegerField", "UUIDField")


def test_nobody_is_named_by_a_bare_number():
    """A foreign key is walked; a number beside it would be forgotten."""
    bare = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "concrete", False) and field.get_internal_type() in NUMBERS
        if field.name.removesuffix("_id").removesuffix("_uid").endswith(("person", "_by", "actor", "buyer"))
    ]
    assert bare == []
