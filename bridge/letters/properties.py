"""A ticket's properties ("Status: Open", "Assigned to: Bob") as ticket systems list them below or instead of an answer."""

import re

from bridge.letters.matching import fold

_LABELS = (
    "ticket|ticket id|ticket no|ticket no.|ticket number|ticket #|ticket status|ticket subject|ticket details|ticket url|ticket link|ticket type|case|case id|case no|case number|case status|case owner|"
    "request id|request number|request status|request type|issue id|issue type|issue key|incident|incident number|status|state|priority|severity|urgency|impact|department|queue|group|"
    "assignee|assigned to|assigned group|assignment group|owner|agent|requester|requested by|requested for|reporter|created|created on|created by|created at|opened|opened by|"
    "closed|closed by|updated|updated by|last updated|last update|due date|due by|resolution|resolved by|resolved on|category|sub category|subcategory|channel|sla|tracker|component|labels|tags|watchers|followers|ccs|"
    "ticketnummer|vorgang|vorgangsnummer|vorgangs-nr|priorität|zustand|bearbeiter|zugewiesen an|zuständig|abteilung|warteschlange|besitzer|verantwortlicher|erstellt|erstellt am|erstellt von|geschlossen|kategorie|anforderer|melder|fällig am|"
    "numéro de ticket|statut|état|priorité|assigné à|attribué à|service|file d'attente|demandeur|créé le|créé par|catégorie|échéance|"
    "número de ticket|estado|prioridad|asignado a|departamento|cola|solicitante|creado|creado por|creado el|categoría|agente|"
    "numero ticket|stato|priorità|assegnato a|reparto|coda|richiedente|creato|creato da|categoria|"
    "número do chamado|prioridade|atribuído a|responsável|fila|criado|criado em|criado por|"
    "prioriteit|toegewezen aan|afdeling|wachtrij|aanvrager|aangemaakt|aangemaakt op|aangemaakt door|categorie|"
    "prioritet|tilldelad|ansvarig|avdelning|kö|skapad|skapad av|kategori|tildelt|tildelt til|ansvarlig|afdeling|oprettet|oprettet af|opprettet|kø|"
    "tila|prioriteetti|vastuuhenkilö|osasto|jono|luotu|luokka|tiketti|priorytet|przypisany do|przypisane do|dział|kolejka|zgłaszający|utworzono|kategoria|"
    "stav|priorita|přiřazeno|oddělení|fronta|zadavatel|vytvořeno|priradené|oddelenie|vytvorené|állapot|prioritás|felelős|osztály|kategória|létrehozva|"
    "stare|prioritate|atribuit|departament|creat|статус|приоритет|ответственный|исполнитель|назначено|отдел|очередь|создано|создана|категория|заявитель|номер заявки|"
    "пріоритет|відповідальний|відділ|створено|категорія|κατάσταση|προτεραιότητα|durum|öncelik|atanan|bölüm|kategori|oluşturulma|الحالة|الأولوية|סטטוס|עדיפות|"
    "ステータス|状態|優先度|担当者|担当|カテゴリ|状态|優先級|优先级|處理人|处理人|经办人|상태|우선순위|담당자|부서|trạng thái|ưu tiên|prioritas"
)
_LABELLED = frozenset(fold(label) for label in _LABELS.split("|"))
_LONGEST_LABEL = 40
_MARKS = re.compile(r"^[\s*_•·|–-]{0,6}")
_ENOUGH = 2


def is_property(line: str) -> bool:
    """Whether a line is a ticket's property with or without its value."""
    label, colon, _ = line[: _LONGEST_LABEL + 10].replace("：", ":").partition(":")
    return bool(colon) and len(label) <= _LONGEST_LABEL and fold(_MARKS.sub("", label).strip("*_ ")) in _LABELLED


def properties(lines: list[str]) -> str:
    """The first line of a list of two properties or more with nothing between them but blank lines; empty where there is none."""
    first, count = "", 0
    for line in lines:
        if not line.strip():
            continue
        found = ":" in line or "：" in line
        if not (found and is_property(line)):
            first, count = "", 0
            continue
        first, count = first or line, count + 1
        if count == _ENOUGH:
            return first
    return ""
