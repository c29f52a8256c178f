"""What the shop says of itself."""

from django.urls import path

from shop.web.page import page

urlpatterns = [
    path("<language:lang>/about/", page("words/about"), name="about"),
    path("<language:lang>/help/", page("words/help"), name="help"),
    path("<language:lang>/terms/", page("words/terms"), name="terms"),
    path("<language:lang>/incidents/", page("words/incidents"), name="incidents"),
    path("<language:lang>/incidents/<slug:code>/", page("words/incident"), name="incident"),
    path("<language:lang>/offline/", page("words/offline"), name="offline"),
    path("<language:lang>/privacy/", page("words/privacy"), name="privacy"),
]
