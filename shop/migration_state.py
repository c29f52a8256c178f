"""A database migrated in a quarter of the time: Django draws every model anew that is tied to a changed one, and here
all are tied to a person. What is only added is added to the models that are there.

A model, a field or a constraint that a migration adds takes nothing from the others, so the classes of before go on as
they are; they say what they are about by the registry that they share. Whatever alters, renames or takes away is done as
Django does it. That both ways lead to one database is tested (tests/shop/test_migration_state.py).
"""

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED

from core.internals import named_rules, who_points_is_known


class Growing(ProjectState):
    """The models as they are after each operation, of which those that only add draw nothing anew."""

    def _drawn(self, app_label: str, model_name: str) -> Any:
        """The class of a model that is drawn in this registry, and not in one of which this is a copy."""
        if "apps" not in self.__dict__:
            return None
        model = self.apps.get_model(app_label, model_name)
        return model if model._meta.apps is self.apps else None

    def add_model(self, model_state: ModelState) -> None:
        key = model_state.app_label, model_state.name_lower
        if "apps" not in self.__dict__ or key in self.models:
            return super().add_model(model_state)
        self.models[key] = model_state
        if who_points_is_known(self):
            self.resolve_model_relations(key)
        self.apps.render_multiple([model_state])

    def add_field(
        self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
    ) -> None:
        model = self._drawn(app_label, model_name)
        if model is None or field.many_to_many:
            return super().add_field(app_label, model_name, name, field, preserve_default)
        if not preserve_default:
            field = field.clone()
            field.default = NOT_PROVIDED
        key = app_label, model_name
        self.models[key].fields[name] = field
        if who_points_is_known(self):
            self.resolve_model_field_relations(key, name, field)
        with self.apps.bulk_update():
            model.add_to_class(name, field.clone())

    def add_index(self, app_label: str, model_name: str, index: Any) -> None:
        if not self._ruled(app_label, model_name, "indexes", index):
            super().add_index(app_label, model_name, index)

    def add_constraint(self, app_label: str, model_name: str, constraint: Any) -> None:
        if not self._ruled(app_label, model_name, "constraints", constraint):
            super().add_constraint(app_label, model_name, constraint)

    def _ruled(self, app_label: str, model_name: str, kind: str, rule: Any) -> bool:
        """Add a rule to a model that is drawn here; else nothing is done."""
        model = self._drawn(app_label, model_name)
        if model is None:
            return False
        state = self.models[app_label, model_name]
        state.options[kind] = [*state.options[kind], rule]
        setattr(model._meta, kind, named_rules(model, state.options[kind]))
        return True


class Executor(MigrationExecutor):
    """Django's own, which goes by a state that grows."""

    def migrate(
        self,
        targets: Any,
        plan: Any = None,
        state: ProjectState | None = None,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        if state is not None:  # `manage.py migrate` gives a copy of what it told others
            state.__class__ = Growing
            # Its classes speak of another's registry: they are drawn once for this one.
            state.__dict__.pop("apps", None)
        return super().migrate(targets, plan, state, fake, fake_initial)
