# The texts of the theme in Arabic.
# A number from 3 to 10 takes the plural, from 11 to 99 the singular in the accusative.
# The texts that begin with `edge-` take no plural forms.

language-name = العربية

# Around every page
skip = انتقل إلى المحتوى
navigation = القائمة الرئيسية
footer = المزيد
language = اللغة
scheme = فاتح أو داكن
home = الصفحة الرئيسية
feed = خلاصة الأخبار
sign-in = تسجيل الدخول
sign-out = تسجيل الخروج
account = دوراتك

# Lists and courses
courses = الدورات
browse-courses = تصفّح الدورات
instructors = المدرّسون
lessons = الدروس
lesson-count =
    { $n ->
        [zero] لا دروس
        [one] درس واحد
        [two] درسان
        [few] { $n } دروس
        [many] { $n } درسًا
       *[other] { $n } درس
    }
of-them-free =
    { $n ->
        [one] درس مجاني واحد
        [two] درسان مجانيان
        [few] { $n } دروس مجانية
        [many] { $n } درسًا مجانيًا
       *[other] { $n } درس مجاني
    }
minutes =
    { $n ->
        [zero] أقل من دقيقة
        [one] دقيقة واحدة
        [two] دقيقتان
        [few] { $n } دقائق
        [many] { $n } دقيقة
       *[other] { $n } دقيقة
    }
minutes-short = { $n } د
hours =
    { $n ->
        [zero] أقل من ساعة
        [one] ساعة واحدة
        [two] ساعتان
        [few] { $n } ساعات
        [many] { $n } ساعة
       *[other] { $n } ساعة
    }
hours-minutes = { $hours } س { $minutes } د
duration = المدة
level = المستوى
list-category = الفئة: { $name }
list-level = المستوى: { $name }
list-tag = الوسم: { $name }
beginner = مبتدئ
intermediate = متوسط
advanced = متقدم
free = مجاني
paid = جزء من الدورة المدفوعة
on-request = السعر عند الطلب
pages = الصفحات
page-of = الصفحة { $number } من { $count }
offer = عن هذه الدورة
start = ابدأ التعلّم
start-free = ابدأ بدرس مجاني
owned-sign-in = هل اشتريتها من قبل؟ سجّل الدخول
syllabus = المنهج
video = فيديو
with-video = مع فيديو
paths = مسارات التعلّم
concepts = المفاهيم
glossary = مسرد المصطلحات
course-count =
    { $n ->
        [zero] لا دورات
        [one] دورة واحدة
        [two] دورتان
        [few] { $n } دورات
        [many] { $n } دورة
       *[other] { $n } دورة
    }
objectives = بعد الدراسة ستتمكّن من
roadmap = ما الذي يسبق ماذا
before-course = قبل هذه الدورة
after-course = بعد هذه الدورة
before-lesson = قبل هذا الدرس:
needs = بعد
taught-in = أين يُدرَّس

# Lessons
untranslated = لم يُترجَم بعد
untranslated-about = هذا النص غير متاح بعد باللغة التالية: { $language }. أنت تقرأ الأصل.
lesson-place = الدرس { $number } من { $count }
contents = في هذه الصفحة
turn = الدرس السابق والتالي
previous = السابق
next = التالي
finished = العودة إلى الدورة
changed = آخر تعديل في { $date }
related = دروس ذات صلة
linked-from = صفحات تشير إلى هنا
written-by = كتبه
list-comma = { "، " }
footnote-back = العودة إلى الإشارة { $number }
note = ملاحظة
tip = نصيحة
important = مهم
warning = تحذير
caution = تنبيه
tabs = خيارات
captions = ترجمة نصية
quiz = سؤال
quiz-right = صحيح.
quiz-wrong = ليس تمامًا.
code-all = أظهر الأسطر المخفية
diagram = رسم تخطيطي
task = مهمة
embed-note = هذا المحتوى من موقع آخر، ولا يُحمَّل إلا عندما تفتحه.
copy = نسخ
copied = نُسخ
locked-title = بقية هذا الدرس لمن اشترك في الدورة
locked-part-of = هذا الدرس جزء من
locked-note = سجّلت الدخول ولا تعمل البرامج النصية هنا؟ افتح الدرس في صفحة مستقلة.
open-lesson = افتح الدرس
opens = يُفتح في { $date }
opens-short = من { $date }
opens-about = بعد ذلك اليوم يصبح الدرس مجانيًا للجميع.
closes = مفتوح حتى { $date }
closed-about = الدرس مجاني للجميع حتى ذلك اليوم.

# Signing in
sign-in-about = بلا كلمة مرور: نرسل إليك بالبريد رابطًا ورمزًا من ستة أرقام.
email = البريد الإلكتروني
send-code = أرسل لي الرابط
confirm = أكّد أنه أنت
ask-again = اطلب رمزًا جديدًا
not-found = لا شيء في هذا العنوان
not-found-about = ربما نُقلت الصفحة، أو في الرابط خطأ مطبعي.

# What the edge says
edge-check-mail = انظر في بريدك: افتح الرابط، أو اكتب الرمز هنا.
edge-code-label = الرمز من ستة أرقام
edge-link-ready = الرابط صالح. اضغط الزر لتسجيل الدخول.
edge-code-wrong = ليس هذا هو الرمز الذي أرسلناه. انظر إليه مرة أخرى.
edge-code-expired = الرابط أو الرمز قديم أو استُعمل من قبل. اطلب رمزًا جديدًا.
edge-too-many-tries = محاولات كثيرة. انتظر بضع دقائق ثم اطلب رمزًا جديدًا.
edge-email-invalid = لا يمكننا الكتابة إلى هذا العنوان.
edge-sign-in-required = سجّل الدخول لفتح هذا الدرس.
edge-not-entitled = سجّلت الدخول، لكن دورة هذا الدرس ليست من دوراتك.
edge-entitlement-ended = كانت هذه الدورة لك، وقد انتهت مدتها.
edge-not-yet-open = لم يُفتح هذا الدرس بعد.
edge-closed = هذا الدرس مغلق.
edge-signed-out = سجّلت الخروج.
edge-signed-in-as = سجّلت الدخول باسم { $email }
edge-no-courses = لا دورات لك حتى الآن.
edge-until = حتى { $date }
edge-unavailable = لا يمكننا الإجابة الآن. حاول مرة أخرى بعد قليل.
edge-mail-subject = تسجيل الدخول إلى { $school }
edge-mail-text =
    مرحبًا،

    افتح هذا الرابط لتسجيل الدخول إلى { $school }:

    { $link }

    أو اكتب هذا الرمز في الصفحة التي جئت منها: { $code }

    يصلح كلاهما مرة واحدة ولمدة { $minutes } دقيقة. إن لم تطلب ذلك فلا تفعل شيئًا: لم يسجّل أحد الدخول.

# Search
search = بحث
search-words = كلمات البحث
search-none = لم نجد شيئًا. جرّب كلمات أقل أو كلمات أخرى.
search-found = الصفحات التي وُجدت: { $n }
search-failed = تعذّر الوصول إلى البحث. حاول مرة أخرى بعد قليل.
search-needs-script = يحتاج البحث إلى JavaScript.
