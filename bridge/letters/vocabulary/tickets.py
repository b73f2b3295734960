"""How ticket systems tell what became of a ticket: what they call it, what happens to it, and what was not meant for the customer."""

TICKETS = (
    "ticket", "case ", "case has", "case is", "case was", "request", "enquiry", "inquiry", "conversation", "sla ",
    "vorgang", "anfrage", "anliegen", "supportanfrage", "serviceanfrage",
    "demande", "requete", "dossier", "votre message", "solicitud", "caso", "incidencia", "consulta", "peticion", "conversacion", "su mensaje",
    "richiesta", "segnalazione", "pratica", "conversazione", "il suo messaggio", "pedido", "chamado", "solicitacao", "ocorrencia", "protocolo",
    "aanvraag", "verzoek", "melding", "zaak", "uw bericht", "arende", "arendet", "begaran", "forfragan", "sag", "sagen", "henvendelse", "henvendelsen", "foresporgsel",
    "sak", "saken", "foresporsel", "pyynto", "pyyntosi", "tiketti", "tikettisi", "tapaus", "yhteydenotto", "viestisi",
    "zgloszenie", "zgloszenia", "sprawa", "sprawy", "wniosek", "pozadavek", "pozadavku", "tiket", "poziadavka", "ziadost", "hibajegy", "megkereses", "ugy", "bejelentes",
    "solicitarea", "cererea", "tichetul", "заявка", "заявку", "заявки", "обращение", "обращения", "обращению", "запрос", "запроса", "запросу", "тикет", "звернення", "запит", "запиту",
    "talep", "talebiniz", "talebi", "bilet", "kayit", "заявката", "αιτημα", "αιτηματος", "פנייה", "פנייתך", "קריאה", "تذكرة", "طلب", "طلبك",
    "お問い合わせ", "問い合わせ", "チケット", "リクエスト", "案件", "工单", "工單", "请求", "請求", "问题单", "案例", "티켓", "문의", "요청", "tiket anda", "permintaan", "yeu cau", "phieu",
)  # fmt: skip
"""What it is called; people call it so as well."""

NUMBERED = (
    "case",
    "issue",
    "incident",
    "fall",
    "meldung",
    "melding",
    "reference",
    "referenz",
    "référence",
    "referencia",
    "riferimento",
)
"""What it is called where a number follows."""

DEEDS = (
    "changed the priority", "changed the status", "changed the owner", "changed the assignee", "set the priority", "set the status", "has taken over this", "has taken over the", "as a participant", "as a follower",
    "as a watcher", "joined the conversation", "left the conversation", "marked as resolved", "marked as solved", "marked as closed", "unanswered tickets", "open tickets", "delivered to our support", "this is to confirm that we have received", "hiermit bestatigen wir", "nous confirmons la reception", "confirmamos la recepcion", "passed to the second",
    "hat die prioritat", "hat den status", "als gelost markiert", "hat ubernommen", "offene tickets", "kommentar hinzugefugt", "notiz hinzugefugt", "a change la priorite", "a change le statut", "a modifie le statut", "marquee comme resolue",
    "marque comme resolu", "cambio el estado", "cambio la prioridad", "marcado como resuelto", "ha cambiato lo stato", "alterou o status", "alterou a prioridade", "heeft de status", "andrade status", "endret status", "aendrede status",
    "zmienil status", "zmenil stav", "изменил статус", "изменен статус", "статус изменен", "状态已变更", "状态变更", "ステータスが変更", "상태가 변경",
)  # fmt: skip
"""What only a ticket system tells."""

SOON = (
    "will get back to you", "we'll get back to you", "get back to you as soon", "will respond", "we'll respond", "will reply", "we'll reply", "will be in touch", "we'll be in touch", "will contact you", "respond within", "reply within", "back to you within",
    "an agent will", "a member of our team", "one of our agents", "as soon as possible", "within one business day", "business days", "melden uns", "antworten innerhalb", "antworten ihnen", "schnellstmoglich", "so schnell wie moglich", "in kurze", "schnellst",
    "vous repondr", "repondrons", "reviendrons vers vous", "dans les plus brefs delais", "dans les meilleurs delais", "le responderemos", "responderemos", "nos pondremos en contacto", "a la brevedad", "lo antes posible", "ti risponderemo", "risponderemo",
    "al piu presto", "il prima possibile", "entraremos em contato", "o mais breve", "retornaremos", "nemen zo snel mogelijk", "zo spoedig mogelijk", "zo snel mogelijk", "reageren binnen", "wordt behandeld", "in behandeling", "aterkommer", "sa snart som mojligt", "vender tilbage",
    "hurtigst muligt", "svarer deg", "sa snart vi", "palaamme", "vastaamme", "mahdollisimman pian", "odpowiemy", "skontaktujemy sie", "najszybciej", "odpovime", "ozveme", "co nejdrive", "odpovieme", "valaszolunk", "hamarosan", "vom raspunde", "va vom contacta", "cat mai curand",
    "свяжемся с вами", "ответим", "в ближайшее время", "зв'яжемося", "відповімо", "найближчим часом", "en kisa surede", "donus yapacagiz", "θα επικοινωνησουμε", "το συντομοτερο", "נחזור אליך", "בהקדם", "سنرد عليك", "في أقرب وقت", "折り返し", "ご連絡いたします", "返信いたします", "尽快", "盡快", "빠른 시일", "답변드리겠습니다",
    "secepatnya", "som nhat",
)  # fmt: skip
"""When an answer will come; agents promise so as well, mostly with more to say."""

EVENTS = (
    "has been received", "has been created", "has been opened", "has been assigned", "has been reassigned", "has been closed", "has been resolved", "has been solved", "has been updated",
    "has been merged", "has been escalated", "has been reopened", "has been transferred", "has been moved", "has been logged", "has been registered", "has been submitted", "has been marked",
    "has been added", "has been changed", "has been completed", "has been cancelled", "has been put on hold", "has changed", "was received", "was created", "was opened", "was assigned", "was closed",
    "was resolved", "was solved", "was updated", "was merged", "was escalated", "was reopened", "was transferred", "was submitted", "was marked", "was changed", "is now", "is pending", "is closed",
    "is resolved", "is solved", "is on hold", "is overdue", "is due", "is about to breach", "breach", "will be closed", "changed from", "changed to", "changed the status", "set the status", "status:", "merged into",
    "assigned to you", "assigned you", "assigned ticket", "assigned it to", "added a comment", "added a note", "added a reply", "added you", "commented on", "replied to", "posted to", "new reply", "new comment",
    "new response", "new message", "you have a new", "have been assigned", "have been added", "closed the", "resolved the", "reopened the", "updated the", "we have received", "we received", "created a", "opened a",
    "wurde erstellt", "wurde eroffnet", "wurde angelegt", "wurde geschlossen", "wurde gelost", "wurde aktualisiert", "wurde zugewiesen", "wurde weitergeleitet", "wurde zusammengefuhrt", "wurde erfasst", "wurde registriert",
    "wurde entgegengenommen", "wurde bearbeitet", "wurde wieder geoffnet", "wurde beantwortet", "ist eingegangen", "ist nun", "ist jetzt", "erhalten", "neue antwort", "neuer kommentar", "status geandert", "zugewiesen", "hat den status",
    "zusammengefuhrt", "geandert", "geschlossen", "eroffnet", "erfasst", "registriert", "eskaliert", "eingegangen", "entgegengenommen", "ontvangen", "toegewezen", "gesloten", "bijgewerkt", "samengevoegd",
    "a ete recue", "a ete recu", "a ete creee", "a ete cree", "a ete fermee", "a ete ferme", "a ete cloturee", "a ete cloture", "a ete resolue", "a ete resolu", "a ete mise a jour", "a ete mis a jour", "a ete attribuee", "a ete assigne",
    "a ete affectee", "a ete fusionne", "a ete enregistree", "a ete transferee", "a bien ete", "bien recu", "avons recu", "est desormais", "est maintenant", "nouvelle reponse", "nouveau commentaire",
    "ha sido recibida", "ha sido recibido", "ha sido creada", "ha sido creado", "ha sido cerrada", "ha sido cerrado", "ha sido resuelta", "ha sido resuelto", "ha sido actualizada", "ha sido actualizado", "ha sido asignada", "ha sido asignado",
    "ha sido registrada", "ha sido registrado", "se ha cerrado", "se ha creado", "se ha actualizado", "se ha asignado", "se ha resuelto", "se ha recibido", "fue cerrado", "fue cerrada", "fue asignado", "hemos recibido", "nueva respuesta", "nuevo comentario",
    "e stata ricevuta", "e stato ricevuto", "e stata creata", "e stato creato", "e stata chiusa", "e stato chiuso", "e stata risolta", "e stato risolto", "e stata aggiornata", "e stato aggiornato", "e stata assegnata", "e stato assegnato",
    "e stata registrata", "e stato unito", "abbiamo ricevuto", "nuova risposta", "nuovo commento", "foi recebid", "foi criad", "foi aberto", "foi fechad", "foi encerrad", "foi resolvid", "foi atualizad", "foi atribuid", "foi registrad", "recebemos",
    "nova resposta", "novo comentario", "is ontvangen", "is aangemaakt", "is gesloten", "is opgelost", "is bijgewerkt", "is toegewezen", "is geregistreerd", "is samengevoegd", "is gewijzigd", "hebben ontvangen", "nieuwe reactie", "nieuw antwoord",
    "har skapats", "har mottagits", "har stangts", "har losts", "har uppdaterats", "har tilldelats", "har registrerats", "har avslutats", "tagit emot", "nytt svar", "er modtaget", "er oprettet", "er blevet", "er lukket", "er lost", "er opdateret", "er tildelt",
    "har modtaget", "er mottatt", "er opprettet", "er oppdatert", "har mottatt", "er registrert", "on vastaanotettu", "on luotu", "on suljettu", "on ratkaistu", "on paivitetty", "on osoitettu", "on kirjattu", "olemme vastaanottaneet",
    "zostalo przyjete", "zostalo utworzone", "zostalo zamkniete", "zostalo rozwiazane", "zostalo zaktualizowane", "zostalo przypisane", "zostalo zarejestrowane", "zostal", "zostala", "otrzymalismy", "byl prijat", "byl vytvoren", "byl uzavren", "byl vyresen",
    "byl aktualizovan", "byl prirazen", "byl zaevidovan", "obdrzeli jsme", "prijali jsme", "bol prijaty", "bol uzavrety", "bol vyrieseny", "bola uzavreta", "bola prijata", "lezartuk", "rogzitettuk", "megkaptuk", "frissult", "lezarult", "a fost inregistrat", "fost inregistrat",
    "a fost inchis", "a fost primit", "a fost rezolvat", "a fost actualizat", "am primit", "принят", "создан", "закрыт", "решен", "обновлен", "назначен", "зарегистрирован", "переведен", "изменен", "получили", "прийнят", "створен", "закрит", "вирішен", "оновлен",
    "призначен", "зареєстрован", "отримали", "alindi", "alinmistir", "olusturuldu", "olusturulmustur", "kapatildi", "kapatilmistir", "cozuldu", "guncellendi", "atandi", "kaydedildi", "ελήφθη", "καταχωρ", "έκλεισε", "επιλύθηκε", "התקבלה", "נסגרה", "נפתחה", "טופלה", "تم استلام", "تم إغلاق", "تم إنشاء", "تم حل",
    "受け付け", "受付", "作成されました", "更新されました", "解決しました", "解決済み", "クローズ", "終了しました", "割り当て", "已收到", "已创建", "已建立", "已关闭", "已關閉", "已解决", "已解決", "已更新", "已分配", "已指派", "접수되었습니다", "생성되었습니다", "종료되었습니다",
    "해결되었습니다", "업데이트되었습니다", "배정되었습니다", "telah diterima", "telah dibuat", "telah ditutup", "telah diselesaikan", "da duoc tao", "da duoc dong", "da duoc tiep nhan", "da duoc giai quyet",
)  # fmt: skip
"""What happens to it."""

INTERNAL = (
    "internal note", "internal notes", "private note", "private notes", "internal comment", "private comment", "internal message", "not visible to the customer", "not visible to customers", "agents only", "staff only",
    "interne notiz", "internen notiz", "interner kommentar", "internen kommentar", "private notiz", "nicht sichtbar fur den kunden", "fur kunden nicht sichtbar", "note interne", "note privee", "commentaire interne", "non visible par le client",
    "nota interna", "nota privada", "comentario interno", "no visible para el cliente", "nota privata", "commento interno", "interne notitie", "prive-notitie", "interne opmerking", "intern anteckning", "intern kommentar", "internt notat", "intern note",
    "sisainen muistiinpano", "sisainen huomautus", "notatka wewnetrzna", "komentarz wewnetrzny", "interni poznamka", "interna poznamka", "belso megjegyzes", "nota interna a fost", "внутренняя заметка", "внутренний комментарий", "внутрішня нотатка", "внутрішній коментар",
    "dahili not", "ozel not", "εσωτερικη σημειωση", "הערה פנימית", "ملاحظة داخلية", "社内メモ", "内部メモ", "内部备注", "內部備註", "内部注释", "내부 메모", "catatan internal", "ghi chu noi bo",
)  # fmt: skip
"""What was written for colleagues: no answer to a customer speaks of it."""
