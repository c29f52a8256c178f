"""What a role asks for beside the password: codes of an app, and a sheet of codes for when the app is lost."""

from django.db import models

from accounts.models.person import Person


class SecondFactor(models.Model):
    """A person's authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), once a code of it has confirmed it.

    A step counts once: `last_step` is the newest that was given, at whichever door, and only newer ones are good.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="second_factor")
    sealed = models.BinaryField(help_text="the secret, sealed with FACTOR_KEYS")
    confirmed_at = models.DateTimeField()
    last_step = models.BigIntegerField(help_text="seconds since 1970, in thirties")
    is_demo = models.BooleanField(
        default=False, help_text="printed by make run; opens nothing outside a demo"
    )

    def __str__(self) -> str:
        return f"second factor of {self.person_id}"


class RecoveryCode(models.Model):
    """One of the codes that a person wrote down, good once in place of the app's; a new sheet deletes the old one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "digest"], name="a_recovery_code_stands_once_on_a_sheet"
            )
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"
