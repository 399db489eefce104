# SPDX-License-Identifier: EUPL-1.2
"""Every address of the web process."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from tarazy.site import views, views_users

handler500 = "tarazy.site.views.fault"

urlpatterns = [
    path("", views.home, name="home"),
    path("purpose", views.purpose, name="purpose"),
    path("language", login_not_required(set_language), name="set_language"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/rules.json", views.catalogue_json, name="catalogue-json"),
    path("catalogue/access", views.access, name="access"),
    path("catalogue/<str:code>", views.card, name="card"),
    path("audit/", views.audit, name="audit"),
    path("audit/find", views.audit_find, name="audit-find"),
    path("users/", views_users.users, name="users"),
    path("users/<str:user_id>/", views_users.user, name="user"),
    path("users/<str:user_id>/roles", views_users.set_roles, name="user-roles"),
    path("users/<str:user_id>/close", views_users.close, name="user-close"),
    path("users/<str:user_id>/reopen", views_users.reopen, name="user-reopen"),
    path("users/<str:user_id>/link", views_users.link, name="user-link"),
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("metrics", views.metrics, name="metrics"),
    path("accounts/", include("tarazy.site.account_urls")),
    path("supervision/", include("tarazy.supervision.urls")),
    path("procurement/", include("tarazy.procurement.urls")),
]
