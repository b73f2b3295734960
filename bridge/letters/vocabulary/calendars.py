"""What calendars and mail programs put before the colon of a subject."""

CALENDAR_SUBJECTS = (
    "accepted", "declined", "tentative", "tentatively accepted", "invitation", "updated invitation", "canceled", "cancelled", "canceled event",
    "cancelled event", "canceled event with note", "new time proposed", "new event", "event updated", "meeting request", "meeting response",
    "meeting accepted", "meeting declined", "meeting canceled", "meeting cancelled", "meeting forward notification", "reminder", "event invitation",
    "event canceled", "event cancelled", "event cancellation", "event reply", "proposed new time", "zugesagt", "angenommen", "abgelehnt",
    "mit vorbehalt", "mit vorbehalt angenommen", "vorläufig zugesagt", "abgesagt", "einladung", "termineinladung", "aktualisierte einladung", "termin",
    "neuer zeitvorschlag", "neue zeit vorgeschlagen", "besprechungsanfrage", "accepté", "acceptée", "refusé", "refusée", "décliné", "provisoire",
    "annulé", "annulée", "nouvelle heure proposée", "aceptado", "aceptada", "rechazado", "rechazada", "provisional", "cancelado", "cancelada",
    "invitación", "invitación actualizada", "aceite", "aceito", "recusado", "recusada", "convite", "convite atualizado", "accettato", "accettata",
    "rifiutato", "rifiutata", "provvisorio", "annullato", "annullata", "invito", "invito aggiornato", "geaccepteerd", "afgewezen", "geweigerd",
    "voorlopig", "geannuleerd", "uitnodiging", "bijgewerkte uitnodiging", "accepterat", "accepterad", "avböjt", "avböjd", "preliminärt", "inställt",
    "inbjudan", "inbjudan har uppdaterats", "accepteret", "afvist", "foreløbig", "aflyst", "invitation opdateret", "godtatt", "akseptert", "avslått",
    "avlyst", "invitasjon", "hyväksytty", "hylätty", "alustava", "peruutettu", "kutsu", "zaakceptowano", "zaakceptowane", "odrzucono", "odrzucone",
    "niepewne", "anulowane", "odwołane", "zaproszenie", "přijato", "odmítnuto", "nezávazně", "zrušeno", "pozvánka", "prijaté", "odmietnuté", "zrušené",
    "elfogadva", "elutasítva", "törölve", "meghívó", "acceptat", "acceptată", "refuzat", "anulat", "invitație", "kabul edildi", "reddedildi",
    "iptal edildi", "davet", "davetiye", "принято", "отклонено", "под вопросом", "отменено", "приглашение", "обновленное приглашение", "прийнято",
    "відхилено", "скасовано", "запрошення", "αποδοχή", "απόρριψη", "ακυρώθηκε", "πρόσκληση", "התקבל", "נדחה", "בוטל", "הזמנה", "تم القبول", "تم الرفض",
    "دعوة", "承諾", "辞退", "仮承諾", "キャンセル済み", "招待", "会議の招待", "予定の招待", "已接受", "已拒绝", "已謝絕", "暂定", "暫定", "已取消", "邀请", "邀請", "会议邀请",
    "수락", "거절", "미정", "취소됨", "초대", "초대장", "diterima", "ditolak", "dibatalkan", "undangan", "đã chấp nhận", "đã từ chối", "đã hủy", "lời mời",
)  # fmt: skip
"""What calendars put before the colon of a subject."""

READ_SUBJECTS = (
    "read", "not read", "read receipt", "return receipt", "return receipt (displayed)", "disposition notification", "delivered", "opened", "gelesen",
    "ungelesen", "nicht gelesen", "lesebestätigung", "empfangsbestätigung (angezeigt)", "lu", "non lu", "confirmation de lecture", "accusé de lecture",
    "leído", "no leído", "confirmación de lectura", "lida", "lido", "não lida", "confirmação de leitura", "letto", "conferma di lettura",
    "conferma lettura", "gelezen", "niet gelezen", "ontvangstbevestiging (weergegeven)", "leesbevestiging", "läst", "oläst", "läskvitto", "læst", "lest",
    "lesebekreftelse", "luettu", "lukukuittaus", "przeczytane", "przeczytano", "potwierdzenie przeczytania", "přečteno", "prečítané", "elolvasva", "citit",
    "okundu", "прочитано", "прочтено", "уведомление о прочтении", "διαβάστηκε", "נקרא", "تمت القراءة", "開封済み", "開封確認", "已读", "已讀", "읽음",
)  # fmt: skip
"""What read receipts put before the colon of a subject."""
