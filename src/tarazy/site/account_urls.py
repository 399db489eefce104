# SPDX-License-Identifier: EUPL-1.2
"""The few pages of allauth that we open: log in, log out, change the password; and our own one, to
choose a password by a link that was handed over.

Signing up, and resetting by e-mail, stay closed: an administrator makes users. A second factor
adds its own addresses here.
"""

from allauth.account import views
from django.urls import path

from tarazy.site.views_users import ChoosePassword

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path(
        "password/choose/<str:uidb64>/<str:token>/",
        ChoosePassword.as_view(),
        name="choose_password",
    ),
    path("inactive/", views.account_inactive, name="account_inactive"),
]
