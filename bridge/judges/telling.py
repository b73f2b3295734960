"""Small words that tell close languages apart: the most frequent ones of each, written by us."""

_WORDS = {
    "en": "the of and to is was are were that this with for from have has had not you your they will would just what my it in on at be been i im its dont cant thats but about out there when how which who their she his her our we me or if by all one up so no get like",
    "de": "der die das und ist nicht ich ein eine einen mit von zu auf für den dem des im es sich auch wird war haben hat aber oder wie bei nach noch nur kein keine wir ihr euch uns mein dein schon über mehr wenn habe bin sind sie er man doch mal",
    "nl": "de het een en van ik is niet dat je op te zijn voor met die aan er maar om ook als bij nog wel naar heeft hebben wat geen mijn jullie wij zij over haar leven door uit was waren wordt werd deze dit zo kan ze hij we dan",
    "fr": "le la les et est une des du un en je ne pas que qui dans pour sur avec vous nous il elle au aux ce cette mais par plus très être avoir son sa ses mon ma mes c'est j'ai n'est d'un d'une qu'il ont sont été suis fait tout comme où",
    "es": "el la los las y que de en un una es no se por con para del al lo su sus como más pero muy ya está están son fue ha he han hay yo tú mi me te le les qué porque cuando también este esta esto eso sobre sin hasta desde entre ser soy tiene tengo todo todos nada ni o usted ustedes nos",
    "pt": "o a os as e que de do da dos das em no na nos nas um uma é não se por com para ao aos à às mais mas muito já está estão são foi há eu você meu minha me lhe isso isto esse essa quando também sem até entre ser tem tenho num numa pelo pela pelos pelas seu sua seus suas ele ela vou ou bem obrigado",
    "it": "il lo la i gli le e che di del della dei delle dello degli in un una è non si per con al alla ai alle come più ma molto già sono stato stata ho hai ha abbiamo hanno io tu mi ti ci vi se quando anche questo questa quello nel nella nei nelle dal dalla sul sulla da perché senza suo sua essere o cosa",
    "ca": "el la els les i que de en un una és no es per amb del dels al als pel pels ho us vos jo em et li qui què perquè però molt més també aquest aquesta aquests aquestes això són està estan ha he han hi va vaig van sense fins quan ni o dins nosaltres vosaltres seu seva seus ser sóc té tinc tot tots res on ja com a l'",
    "gl": "o a os as e que de do da dos das en no na nun nunha un unha é non se por con para ao aos á ás máis pero moi xa está están son foi hai eu ti meu miña me lle isto iso este esta cando tamén sen ata entre ser ten teño pola polo seu súa",
    "ro": "și si în nu este sunt o un la de cu pe pentru din care că ce mai am ai are au fost dar sau prin după foarte când acest această lui ei lor se să îl îi mi ca cel cea al ale noi voi eu",
    "da": "og i det er en et ikke jeg at på til med af for den som har de vi du der kan han hun men om fra var skal også blev så når hvad hvis efter mere meget nu mig dig os jer ved være været bliver kun selv eller noget hvor hvordan øvrigt ind ud af mod uden",
    "nb": "og i det er en et ei ikke jeg å at på til med av for den som har de vi du kan han hun men om fra var skal også ble så når hva hvis etter mer mye nå meg deg oss dere ved være vært blir bare selv eller noe hvor hvordan måtte hvorfor uten ut mot øvrig noen enn",
    "sv": "och i det är en ett inte jag att på till med av för den som har de vi du kan han hon men om från var ska också blev så när vad efter mer mycket nu mig dig oss er vid vara varit blir bara själv eller något hur varför utan ut mot under där här än hos alla",
    "fi": "ja on ei se että en hän oli ovat mutta kun niin kuin myös olen minä sinä me te he tämä joka mitä missä jos vain nyt sitten ole voi ovatko kanssa",
    "cs": "a je se na v že to s z do o pro ale jako jsem jsou byl byla bylo by po co jak tak už za jen když nebo který která které při od ve ze ještě není si mi mě to ten ta ty jeho aby až proč",
    "sk": "a je sa na v že to s z do o pre ale ako som sú bol bola bolo by po čo tak už za len keď alebo ktorý ktorá ktoré pri od vo zo ešte nie si mi ma ten tá tie jeho aby až prečo",
    "pl": "i w na z że to jest nie się do o jak dla ale po co od za tak jest są był była było być już tylko lub oraz przez przy który która które jego ich mnie mi czy bardzo tym ten ta te nas was jeszcze",
    "hu": "a az és nem hogy is egy van ez azt meg csak de mint már még ha volt vagy lesz nagyon kell mert itt ott én te ő mi ti ők nincs",
    "tr": "ve bir bu da de için ne çok ama gibi daha var yok ben sen o biz siz mi mı kadar en ile olan olarak değil sonra her şey ki",
    "id": "dan yang di ini itu tidak saya untuk dengan dari ke pada adalah akan ada juga bisa karena kami kita anda mereka oleh sudah belum lebih atau tapi bahwa sebagai dalam telah kalau aja gak yg",
    "ms": "dan yang di ini itu tidak saya untuk dengan dari ke pada adalah akan ada juga boleh kerana kami kita anda mereka oleh sudah belum lebih atau tetapi bahawa sebagai dalam telah kalau hendak tak",
    "sw": "na ya wa kwa ni za la katika hii huyo huu kuwa hiyo lakini pia mimi wewe yeye sisi wao kama si bado sana cha vya hapa nini",
    "bg": "и в на се да не за от с че е са като по но това той тя те ще си ми ви ни му до при или много към един една който която които вече само има няма съм беше как какво за със след във",
    "mk": "и во на се да не за од со дека е се како по но тоа тој таа тие ќе си ми ви ни му до при или многу кон еден една кој која кои веќе само има нема сум беше што",
    "ru": "и в не на я что он с как это по но они мы вы ты все она так его за от из у то же для бы был была было были мне меня нет да или уже если только когда ещё еще вот очень чем при до во со к о где там тут этот эта эти",
    "uk": "і в не на я що він з як це по але вони ми ви ти всі вона так його за від із у то ж для би був була було були мені мене ні та або вже якщо тільки коли ще ось дуже при до й та є щоб де там тут цей ця ці навряд",
    "sr": "и у на се да не за од са је су као по али то он она они ће си ми ви ни до при или врло један једна који која које већ само има нема сам био што i u na se da ne za od sa je su kao po ali to on ona oni će si mi vi ni do ili jedan koji koja koje već samo ima nema sam bio što šta",
    "hr": "i u na se da ne za od s je su kao po ali to on ona oni će si mi vi ni do pri ili vrlo jedan jedna koji koja koje već samo ima nema sam bio što tko",
}

TELLING: dict[str, frozenset[str]] = {}
"""The languages of each small word."""
for _language, _listed in _WORDS.items():
    for _word in _listed.split():
        TELLING[_word] = TELLING.get(_word, frozenset()) | {_language}

SPEAKING: frozenset[str] = frozenset(_WORDS)
"""Languages whose small words are listed: others are not doubted for lack of them."""
