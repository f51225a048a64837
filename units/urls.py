"""Addresses of the units room."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from units import api_keys, saved_views, views

app_name = "units"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("token/", views.form_token, name="token"),
    path("password/", views.Password.as_view(), name="password"),
    path("units/", views.UnitList.as_view(), name="unit_list"),
    path("units/new/", views.UnitCreate.as_view(), name="unit_create"),
    path("units/<int:pk>/rename/", views.UnitRename.as_view(), name="unit_rename"),
    path("units/<int:pk>/move/", views.UnitMove.as_view(), name="unit_move"),
    path("units/<int:pk>/merge/", views.UnitMerge.as_view(), name="unit_merge"),
    path("units/<int:pk>/split/", views.UnitSplit.as_view(), name="unit_split"),
    path("accounts/", views.UserList.as_view(), name="user_list"),
    path("accounts/new/", views.UserCreate.as_view(), name="user_create"),
    path("accounts/<int:pk>/disable/", views.UserSwitch.as_view(active=False), name="user_disable"),
    path("accounts/<int:pk>/enable/", views.UserSwitch.as_view(active=True), name="user_enable"),
    path("accounts/<int:pk>/reset/", views.UserReset.as_view(), name="user_reset"),
    path("roles/", views.MemberList.as_view(), name="member_list"),
    path("roles/grant/", views.MemberGrant.as_view(), name="member_grant"),
    path("roles/<int:pk>/revoke/", views.MemberRevoke.as_view(), name="member_revoke"),
    path("views/new/", saved_views.ViewCreate.as_view(), name="view_create"),
    path("views/<int:pk>/", saved_views.ViewChange.as_view(), name="view_change"),
    path("views/<int:pk>/remove/", saved_views.ViewRemove.as_view(), name="view_remove"),
    path("views/columns/", saved_views.Columns.as_view(), name="columns"),
    path("keys/", api_keys.KeyList.as_view(), name="key_list"),
    path("keys/<int:pk>/revoke/", api_keys.KeyRevoke.as_view(), name="key_revoke"),
    path("audit/", views.AuditList.as_view(), name="audit_list"),
]
