"""What is ours in the sign-in that allauth brings: nobody signs up, and a provider makes no accounts.

Worked example: the company's provider says that somebody is "dana". Where the books know an account dana, it is Dana
who comes in, and from then on the provider's own id of her is bound to that account: another one of the same name is
refused. Where there is no such account, a page says who can invite her.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest

from ratable.access import refusing
from ratable.access.models import Account


class Accounts(DefaultAccountAdapter):
    """Sign-in by password and passkey."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited."""
        return False


class Providers(DefaultSocialAccountAdapter):
    """Sign-in by the company's provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: people are invited."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account that the provider means.

        Raises:
            ImmediateHttpResponse: there is none, or it belongs to another person of that provider.
        """
        if sociallogin.is_existing:
            return
        named = sociallogin.account.get_provider_account().get_user_data() or {}
        account = _account(named)
        if account is None or sociallogin.state.get("process") != "login":
            said = named.get("preferred_username") or named.get("email") or "you"
            self._refuse(request, f"Nobody here is called {said}. {refusing.who_invites()} can invite you.")
        elif SocialAccount.objects.filter(user=account, provider=sociallogin.account.provider).exists():
            self._refuse(request, f"{account.username} signs in as somebody else there. Ask {refusing.who_invites()}.")
        else:
            sociallogin.connect(request, account)

    def _refuse(self, request: HttpRequest, sentence: str) -> None:
        raise ImmediateHttpResponse(refusing.page(request, sentence))


def _account(named: dict[str, Any]) -> Account | None:
    """The account of that name; else the one with that address, where the provider has seen to it that it is theirs."""
    name, address = named.get("preferred_username"), named.get("email")
    found: Account | None = Account.objects.filter(username=name, is_active=True).first() if name else None
    if found is None and address and named.get("email_verified") is True:
        by_address = list(Account.objects.filter(email__iexact=address, is_active=True)[:2])
        found = by_address[0] if len(by_address) == 1 else None
    return found
