# SPDX-License-Identifier: EUPL-1.2
"""The few pages of allauth that we open: log in, log out, change the password.

Signing up, and resetting by e-mail, stay closed: an administrator makes users. A second factor
adds its own addresses here.
"""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("inactive/", views.account_inactive, name="account_inactive"),
]
