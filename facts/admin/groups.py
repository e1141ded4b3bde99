"""Groups, for owners: to see who is in one, to rename it or to end it. Who is in it is for its organiser to say."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from facts.models import Membership, StudyGroup


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    fields = readonly_fields = ("player", "is_organiser", "joined_at")
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("player", "group").order_by("joined_at")

    def has_add_permission(self, request: HttpRequest, obj: StudyGroup | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False


@admin.register(StudyGroup)
class StudyGroupAdmin(admin.ModelAdmin):
    list_display = ("name", "member_count", "exam_on", "made_at")
    search_fields = ("name", "memberships__player__display_name")
    date_hierarchy = "made_at"
    fields = ("name", "exam_on", "made_at")
    readonly_fields = ("made_at",)
    inlines = (MembershipInline,)
    ordering = ("-made_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StudyGroup]:
        return super().get_queryset(request).annotate(members=Count("memberships", distinct=True))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="members", ordering="members")
    def member_count(self, group: StudyGroup) -> int:
        return group.members  # type: ignore[attr-defined]
