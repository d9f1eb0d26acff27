-- Names that look alike are one name, and a login can end alone.

ALTER TABLE users
    -- What the name looks like, as it was written and without regard to case. NULL where an older account has a name
    -- that looks the same, or for names that were masked before this was noted.
    ADD COLUMN skeleton        text,
    ADD COLUMN folded_skeleton text;

-- The skeleton of UTS 39 (Unicode Technical Standard, "Unicode Security Mechanisms") without case, spaces and invisible
-- characters: equal for texts that readers take for each other. scripts/make-confusables prints the tables.
CREATE FUNCTION name_skeleton(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    skeleton text;
    pair     text;
BEGIN
    skeleton := normalize(regexp_replace(
        normalize(name, NFKC),
        '[\s\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F'
            || '\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A'
            || '\U000E0000-\U000E0FFF]',
        '', 'g'
    ), NFD);
    -- One character that looks like one other.
    skeleton := translate(skeleton,
'01I`|×ıƄƍƖƦƧƷƼƽƿǀǃȜȢȣɁɑəɛɡɣɩɪɯʋʏʒʔʹʻʼʽʾʿ˂˃˄ˆˈˊˋː˓˗˴˸˻Ͱ͵ͶͷͻͽͿΑΒΕΖΗΙΚΛΜΝΟΡΣΤΥΧαβγδεικνορστυφϛϜϨϩϳϷϸϺϽϿЄЅІЈАВГЕЗКЛМНОПРСТУФХЬабвгезикмнопрстуфхьяєѕіјѡѰѱѴѵҮүһҽӀӋӌӏӘәӠӡԁԊԌԍԐԑԛԜԝԻՄՊՌՍՏՓՕ՚՝ագզծհյոպռսցքօ։ᎠᎡᎢᎥᎨᎩᎪᎫᎬᎮᎰᎱᎳᎷᎻᎽᎿᏀᏂᏃᏇᏋᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏮᏰᏳᏴᏻᏼᴄᴈᴋᴍᴏᴐᴑᴜᴠᴡᴢᴤᴦᴧᴨᴩᴫᶃᶌᶐẝỿ‐‒–—―‘’‚‛•‧  ′‵‹›⁁⁃⁄⁎⁓⁚⁝⁞℈℧℩℮⅁⅂⅃Ↄↄ↑↕↵↺↾↿∀∃∆∏∑−∕∖∗∘∙∣∨∩∪∫∶∼≣⊂⊃⊕⊙⊤⊥⋀⋁⋂⋃⋄⋅⋈⋮⋴⋿⌀⌥⍁⍟⍥⍩⍳⍴⍵⍺⍿⎜⎟⎢⎥⎪⎮⏁⏂⏃⏆⏼⏽⏾ⲄⲅⲆⲈⲉⲎⲒⲔⲕⲖⲘⲚⲞⲟⲠⲢⲣⲤⲥⲦⲨⲪⲫⲬⲭⲮⲱⲺⲼⲽⳆⳊⳌⳍⳐⳑⳒⳜⳤ⳩ⴷⴸⴹⴺⵉⵏⵑⵔⵕⵙⵝⵠⵣⷨⷪⷭⷯⷶⷷ⺂⺃⺅⺉⺋⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺞⺠⺡⺢⺣⺤⺦⺨⺫⺭⺯⺱⺲⺹⺺⺾⺿⻀⻁⻂⻃⻄⻅⻈⻉⻋⻌⻍⻏⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻤⻥⻨⻩⻫⻬⻭⻮⻯⻰⻲。〇〈〉〒〔〕〚〛〭〬〳く゚゠イエカタトニノハヘロ・一丶丿倂值啟囗填士壿嬀帲幐戸搉晣晩曶朦柿槩樧潙硏絶肦胊胐胶脁脧腁膧蔿虁訞詽讏豣趆跺躛輧郞鎮隸鹃黒鿃ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓛꓜꓝꓞꓟꓠꓡꓢꓣꓥꓦꓧꓪꓫꓬꓭꓮꓯꓰꓱꓲꓳꓴꓵꓷꓸꓹꓽ꓿ꙄꙅꙇꙍꙨ꙯꙼꙾ꚚꜱꝚꝪꝫꝮꝸꝺ꞉ꞌꞏꞕꞘꞙꞚꞛꞝꞞꞟꞫꞱꞲꞳꞴꞵꞶꞷꟷꬲꬵꬽꭇꭈꭍꭎꭒꭓꭕꭚꭠꭰꭱꭲꭵꭺꭻꭼꭾꮀꮁꮃꮇꮋꮐꮓꮛꮟꮢꮩꮪꮮꮯꮲꮶ',
'Oll''lxibglR235sþl!388?aǝꞓgyiiwuyȝ?''''''''''ՙ<>^^'''''':ՙ-'':˪ⱵˏИᴎɔꜿJABEZHlKɅMNOPƩTYXaßyẟꞓiĸvopoᴛuɸςF2ƨjÞþMƆꜾꞒSlJABΓE3KɅMHOΠPCTYΦXba6ʙreɜᴎĸʍʜoπpcᴛyɸxƅᴙꞓsijwΨψVvYyhelҶҷiƏǝ3ȝdǶGɢƐꞓqWwኮሆጣቡUSΦO''''wqqẟhȷnɰnugfo:DRTiⱵYAJE?ⱵΓWMHYƫGhZѠƐ4bRWSVSLCPKd6ßGBɢʙcɜĸʍoɔouvwzƨrʌπᴘлgyɋfy---ーー'''',''··  ''''<>/-/*~:ⵗⵂЭƱɿeꓨꓶ𖼀Ɔɔᛏᛨ↲🄎ᛚᛐⱯƎΔΠƩ-/\*°·lvՈUʃ:~≡ᑕᑐ𐊨ʘTꓕ∧vՈUᛜ·ᛞⵗꞓE∅⌤〼⊛ةᐵipωaᚽ丨丨丨丨丨丨⍕⍎⍋⍭⏻l☾ΓrΔꞒꞓHlKĸλMNOoΠPpCcTYΦɸXχΨω-Шш/93ȝLʟ6Ϭϗ☧ɅVEƎƩl!OQʘXΔᛯᷟ̊ͨͯͣͤ乛乚亻刂㔾兀尣尢巳幺彑忄㣺扌攵旡歺民氵氺灬爫丬犭罒礻糹罓罒耂肀艹艹艹虎衤覀西见讠贝车辶辶阝钅長镸长门阝青韦页风飞食飠饣马鬼鱼麦黄斉齐歯齿竜龙亀˳O❬❭₸()⟦⟧̥̉/❬̊=亻工力夕卜二/八へ口·ー\/併値啓口塡土墫媯帡㬺戶㩁䀿晚㫚䑃杮㮣榝溈研絕朌朐朏㬵朓朘胼朣蒍蘷䚶訮讆豜赿跥躗軿郎鎭隷鹂黑䀹BPdDTGKJCƆZFℲMNLSRɅVHWXYᙠAⱯEƎlOUՈᗡ.,:=2ƨiωʘ⃩̆ˇ𐊨s23ȝ9&Ꝺ:''·ꜧFf𐐒𐐺ʚꓤu3ꓕJXBßꙌωーeforrʃuuχχyљᴅʀᴛiᴀᴊᴇɂⱶrwʍʜɢzꞓƅʀvsʟcᴘĸ');
    -- One that looks like several: each with what it looks like.
    FOREACH pair IN ARRAY string_to_array(
'"'''' %º/₀ mrn ¢c̸ ¥Y̵ ÆAE ÐD̵ ØO̸ æae ð∂̵ øo̸ ĐD̵ đd̵ ĦH̵ ħh̵ ŁL̸ łl̸ ŒOE œoe ŦT̵ ŧt̵ ƀb̵ Ɓ''B Ƃb̄ ƃb̄ ƇC'' ƉD̵ Ɗ''D ƌd̄ ƑF̦ ƒf̦ ƓG'' Ɨl̵ ƘK'' ƙk̔ ƚl̵ ƝN̦ ƞn̩ ƟO̵ Ƥ''P ƥp̔ Ƭ''T ƭt̔ ƮT̨ Ƴ''Y ƴy̔ ƵZ̵ ƶz̵ ƻ2̵ ǁll ǤG̵ ǥg̵ ȤZ̦ ȥz̦ ȼc̸ ȾT̸ ɄU̵ ɆE̸ ɇe̸ ɈJ̵ ɉj̵ ɍr̵ ɎY̵ ɏy̵ ɓb̔ ɖd̨ ɗd̔ ɚǝ˞ ɠg̔ ɦh̔ ɨi̵ ɫl̴ ɭl̨ ɮlȝ ɱrn̦ ɳn̨ ɵo̵ ɶoᴇ ɼr̩ ɽr̨ ʂs̨ ʐz̨ ʠq̔ ʣdz ʤdȝ ʥdʑ ʦts ʧtʃ ʨtɕ ʩfŋ ʪls ʫlz ʺ'''' ˮ'''' ˶'''' ΘO̵ ηn̩ θO̵ Бb̄ Ыbl ЮlO ъˉb ыƅi ћh̵ Ѣb̵ ѣb̵ ѲO̵ ѳo̵ ѼѠ҆҇ ѽw҆҇ ҊЍ̦ ҋй̦ Ҍb̵ ҍb̵ ҐΓ'' ґr'' ҒΓ̵ ғr̵ ҖЖ̩ җж̩ Ҙ3̦ ҙɜ̦ ҚK̩ қĸ̩ ҞK̵ ҟĸ̵ ҢH̩ ңʜ̩ ҪC̦ ҫc̦ ҬT̩ ҭᴛ̩ ҰY̵ ұy̵ ҲX̩ ҾҼ̨ ҿę ӅɅ̦ ӆл̦ ӇH̦ ӈʜ̦ ӉH̦ ӊʜ̦ ӍM̦ ӎʍ̦ ӔAE ӕae ӨO̵ өo̵ ᎤO'' ᎾO̵ ᏌU̵ ᏫO̵ Ᏺh̔ ᴔǝo ᵫue ᵮf̴ ᵯrn̴ ᵰn̴ ᵲr̴ ᵳɾ̴ ᵴs̴ ᵵt̴ ᵶz̴ ᵻi̵ ᵼi̵ ᵽp̵ ᵾu̵ ᵿʊ̵ ‖ll “'''' ”'''' ‟'''' ‰º/₀₀ ‱º/₀₀₀ ⁒º/₀ ∔+̇ ∞oo ∥ll ∸-̇ ≐=̇ ≑=̣̇ ≗=̊ ≙=̂ ≚=̆ ≞=ͫ ≪<< ≫>> ⊖O̵ ⊝O̵ ⋖<· ⋗·> ⋘<<< ⋙>>> ⋯··· ⍙Δ̲ ⍚ᛜ̲ ⍜°̲ ⍡T̈ ⍢∇̈ ⍣⋆̈ ⍤°̈ ⍨~̈ ⍫∇̴ ⍬O̵ ⍶a̲ ⍷ꞓ̲ ⍸i̲ ⍹ω̲ ⏨₁₀ ⱧH̩ ⱩK̩ Ⲵ<· ⳹\\ ⴱO̵ ⵁO̸ ⵈ··· 〃'''' ꓺ.. ꓻ., ꓾-. ꙐЪl ꙑˉbi ꚕh̔ ꚘOO ꚙoo ꜨT3 ꜩtȝ ꜲAA ꜳaa ꜴAO ꜵao ꜶAU ꜷau ꜸAV ꜹav ꜺAV ꜻav ꜼAY ꜽay ꝀK̵ ꝊO̵ ꝋo̵ ꝎOO ꝏoo ꝡw̦ ꝷtf ꬾo̸ ꬿɔ̸ ꭁǝo̸ ꭂǝo̵ ꭢɔe ꭣuo ꭴơ ꮎo̵ ꮜu̵ ꮻo̵',
        ' ')
    LOOP
        skeleton := replace(skeleton, left(pair, 1), substr(pair, 2));
    END LOOP;
    -- Lower case: lower() would depend on the server's locale.
    RETURN nullif(normalize(translate(skeleton,
'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƠƢƤƦƧƩƬƮƯƱƲƳƵƷƸƼǄǅǇǈǊǋǍǏǑǓǕǗǙǛǞǠǢǤǦǨǪǬǮǱǲǴǶǷǸǺǼǾȀȂȄȆȈȊȌȎȐȒȔȖȘȚȜȞȠȢȤȦȨȪȬȮȰȲȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΆΈΉΊΌΎΏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫϏϘϚϜϞϠϢϤϦϨϪϬϮϴϷϹϺϽϾϿЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѶѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӁӃӅӇӉӋӍӐӒӔӖӘӚӜӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯᏰᏱᏲᏳᏴᏵḀḂḄḆḈḊḌḎḐḒḔḖḘḚḜḞḠḢḤḦḨḪḬḮḰḲḴḶḸḺḼḾṀṂṄṆṈṊṌṎṐṒṔṖṘṚṜṞṠṢṤṦṨṪṬṮṰṲṴṶṸṺṼṾẀẂẄẆẈẊẌẎẐẒẔẞẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸỺỼỾἈἉἊἋἌἍἎἏἘἙἚἛἜἝἨἩἪἫἬἭἮἯἸἹἺἻἼἽἾἿὈὉὊὋὌὍὙὛὝὟὨὩὪὫὬὭὮὯᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾸᾹᾺΆᾼῈΈῊΉῌῘῙῚΊῨῩῪΎῬῸΌῺΏῼΩKÅℲⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅬⅭⅮⅯↃⱠⱢⱣⱤⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄⳆⳈⳊⳌⳎⳐⳒⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟐꟖꟘꟵ',
'abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷÿźżžɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵơƣƥʀƨʃƭʈưʊʋƴƶʒƹƽǆǆǉǉǌǌǎǐǒǔǖǘǚǜǟǡǣǥǧǩǫǭǯǳǳǵƕƿǹǻǽǿȁȃȅȇȉȋȍȏȑȓȕȗșțȝȟƞȣȥȧȩȫȭȯȱȳⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳάέήίόύώαβγδεζηθικλμνξοπρστυφχψωϊϋϗϙϛϝϟϡϣϥϧϩϫϭϯθϸϲϻͻͼͽѐёђѓєѕіїјљњћќѝўџабвгдежзийклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѷѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӂӄӆӈӊӌӎӑӓӕӗәӛӝӟӡӣӥӧөӫӭӯӱӳӵӷӹӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆꭰꭱꭲꭳꭴꭵꭶꭷꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽꮾꮿᏸᏹᏺᏻᏼᏽḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟḡḣḥḧḩḫḭḯḱḳḵḷḹḻḽḿṁṃṅṇṉṋṍṏṑṓṕṗṙṛṝṟṡṣṥṧṩṫṭṯṱṳṵṷṹṻṽṿẁẃẅẇẉẋẍẏẑẓẕßạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹỻỽỿἀἁἂἃἄἅἆἇἐἑἒἓἔἕἠἡἢἣἤἥἦἧἰἱἲἳἴἵἶἷὀὁὂὃὄὅὑὓὕὗὠὡὢὣὤὥὦὧᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾰᾱὰάᾳὲέὴήῃῐῑὶίῠῡὺύῥὸόὼώῳωkåⅎⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅺⅻⅼⅽⅾⅿↄⱡɫᵽɽⱨⱪⱬɑɱɐɒⱳⱶȿɀⲁⲃⲅⲇⲉⲋⲍⲏⲑⲓⲕⲗⲙⲛⲝⲟⲡⲣⲥⲧⲩⲫⲭⲯⲱⲳⲵⲷⲹⲻⲽⲿⳁⳃⳅⳇⳉⳋⳍⳏⳑⳓⳕⳗⳙⳛⳝⳟⳡⳣⳬⳮⳳꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊꟑꟗꟙꟶ'), NFC), '');
END
$$;

-- Of accounts that look alike already, all stay, and the oldest keeps the look to itself.
WITH looks AS (
    SELECT id, name_skeleton(name_key) AS folded,
           name_skeleton(CASE WHEN held_name IS NOT NULL THEN held_name WHEN position('*' IN name) = 0 THEN name END) AS typed
    FROM users
), oldest AS (
    SELECT id,
           CASE WHEN row_number() OVER (PARTITION BY typed ORDER BY id) = 1 THEN typed END AS typed,
           CASE WHEN row_number() OVER (PARTITION BY folded ORDER BY id) = 1 THEN folded END AS folded
    FROM looks
)
UPDATE users SET skeleton = oldest.typed, folded_skeleton = oldest.folded FROM oldest WHERE oldest.id = users.id;

-- Registering: two names that look alike cannot both be had.
CREATE UNIQUE INDEX users_look_different ON users (skeleton);
CREATE UNIQUE INDEX users_look_different_whatever_their_case ON users (folded_skeleton);

-- Logins that ended before their tokens expired.
CREATE TABLE ended_sessions (
    -- As the token names it; of a token without one, a digest of the token.
    session_id text PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    ended_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When its token expires: then nobody needs the row.
    expires_at timestamptz NOT NULL
);

-- Processes that check tokens load what has ended since they last looked.
CREATE INDEX ended_sessions_by_end ON ended_sessions (ended_at);
-- Each logout removes a few rows whose time is over.
CREATE INDEX ended_sessions_by_expiry ON ended_sessions (expires_at);
-- Deleting a user.
CREATE INDEX ended_sessions_by_user ON ended_sessions (user_id);
