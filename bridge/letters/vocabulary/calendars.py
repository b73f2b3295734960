"""What calendars and mail programs put before the colon of a subject, and say in the text."""

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

INVITED = (
    "this invitation", "your invitation", "the invitation", "this meeting", "your meeting request", "this event", "the event", "diese einladung",
    "ihre einladung", "die einladung", "dieser termin", "diese besprechung", "cette invitation", "votre invitation", "l'invitation", "cette réunion",
    "esta invitación", "su invitación", "la invitación", "este evento", "esta reunión", "este convite", "o convite", "esta reunião", "l'invito",
    "questo invito", "il tuo invito", "questa riunione", "questo evento", "deze uitnodiging", "uw uitnodiging", "de uitnodiging", "deze vergadering",
    "den här inbjudan", "denna inbjudan", "inbjudan", "denne invitation", "invitationen", "denne invitasjonen", "invitasjonen", "kutsun", "kutsusi",
    "to zaproszenie", "zaproszenie", "tuto pozvánku", "pozvánku", "túto pozvánku", "a meghívót", "meghívás", "această invitație", "invitația",
    "это приглашение", "приглашение", "це запрошення", "запрошення", "bu daveti", "daveti", "την πρόσκληση", "ההזמנה", "הזמנה זו", "الدعوة",
    "この招待", "招待を", "会議を", "此邀请", "该邀请", "此會議", "会议邀请", "초대를", "undangan", "lời mời",
)  # fmt: skip
"""What the text of a calendar's answer speaks of; says nothing without such a subject."""

SEEN = (
    "was read on", "has been read", "was displayed", "has been displayed", "was opened", "has been opened", "was deleted without being read",
    "deleted without being read", "return receipt", "read receipt", "this is a receipt for the mail", "no guarantee that the message has been read",
    "gelesen", "geöffnet", "angezeigt", "lesebestätigung", "empfangsbestätigung", "a été lu", "a été affiché", "a été ouvert", "a été supprimé sans",
    "accusé de lecture", "fue leído", "ha sido leído", "se leyó", "fue eliminado sin", "foi lida", "foi lido", "foi exibida", "è stato letto",
    "è stato visualizzato", "è stato aperto", "is gelezen", "werd gelezen", "is weergegeven", "lästes", "har lästs", "har visats", "blev læst",
    "er blevet læst", "ble lest", "er lest", "luettiin", "on luettu", "przeczytan", "wyświetlon", "přečten", "zobrazen", "prečítan", "elolvasta",
    "elolvasták", "a fost citit", "okundu", "прочитано", "прочтено", "прочитан", "διαβάστηκε", "נקראה", "נקרא", "تمت قراءة", "開封されました", "開封",
    "読まれました", "已阅读", "已被阅读", "已讀取", "읽었습니다", "읽음",
)  # fmt: skip
"""What the text of a read receipt says; says nothing without such a subject."""
