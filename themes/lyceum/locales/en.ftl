# The texts of the theme in English.
# Written in Fluent, https://projectfluent.org. A school changes single texts in its own
# themes/<name>/locales/en.ftl. The texts that begin with `edge-` take no plural forms.

language-name = English

# Around every page
skip = Skip to the content
navigation = Main
footer = More
language = Language
scheme = Light or dark
home = Home
feed = Feed
sign-in = Sign in
sign-out = Sign out
account = Your courses

# Lists and courses
courses = Courses
browse-courses = Browse the courses
instructors = Instructors
lessons = Lessons
lesson-count =
    { $n ->
        [one] 1 lesson
       *[other] { $n } lessons
    }
of-them-free = { $n } free
minutes =
    { $n ->
        [one] 1 minute
       *[other] { $n } minutes
    }
minutes-short = { $n } min
hours =
    { $n ->
        [one] 1 hour
       *[other] { $n } hours
    }
hours-minutes = { $hours } h { $minutes } min
duration = Time it takes
level = Level
list-category = Category: { $name }
list-level = Level: { $name }
list-tag = Tag: { $name }
beginner = Beginner
intermediate = Intermediate
advanced = Advanced
free = Free
paid = Part of the paid course
on-request = On request
pages = Pages
page-of = Page { $number } of { $count }
offer = About this course
start = Start learning
start-free = Start with a free lesson
owned-sign-in = Already yours? Sign in
syllabus = Syllabus
video = Video
with-video = With video
paths = Learning paths
concepts = Concepts
glossary = Glossary
course-count =
    { $n ->
        [one] 1 course
       *[other] { $n } courses
    }
objectives = You will be able to
roadmap = What comes before what
before-course = Before this course
after-course = After this course
before-lesson = Before this lesson:
needs = after
taught-in = Where it is taught

# Lessons
untranslated = Not translated yet
untranslated-about = This text is not available in { $language } yet. You are reading the original.
lesson-place = Lesson { $number } of { $count }
contents = On this page
turn = Previous and next lesson
previous = Previous
next = Next
finished = Back to the course
changed = Last changed on { $date }
related = Related lessons
linked-from = Linked from
written-by = Written by
list-comma = { ", " }
footnote-back = Back to reference { $number }
note = Note
tip = Tip
important = Important
warning = Warning
caution = Caution
tabs = Choices
captions = Captions
quiz = Question
quiz-right = Right.
quiz-wrong = Not quite.
code-all = Show hidden lines
diagram = Diagram
task = Task
embed-note = This comes from another site and loads when you open it.
copy = Copy
copied = Copied
locked-title = The rest of this lesson is for learners of the course
locked-part-of = This lesson is part of
locked-note = Signed in already, but no script runs here? Open the lesson as a page of its own.
open-lesson = Open the lesson
opens = Opens on { $date }
opens-short = from { $date }
opens-about = The lesson is free for everyone from that day on.
closes = Open until { $date }
closed-about = The lesson is free for everyone until that day.

# Signing in
sign-in-about = No password: we mail you a link and a six-digit code.
email = E-mail address
send-code = Send me the link
confirm = Confirm that it is you
ask-again = Ask for a new code
not-found = There is nothing at this address
not-found-about = The page may have moved, or the link has a typo.

# What the edge says
edge-check-mail = Look into your mail: open the link, or enter the code here.
edge-code-label = Six-digit code
edge-link-ready = The link is good. Press the button to sign in.
edge-code-wrong = This is not the code that we have sent. Look at it once more.
edge-code-expired = The link or the code is too old or was used already. Ask for a new one.
edge-too-many-tries = Too many attempts. Wait a few minutes and ask for a new code.
edge-email-invalid = This is not an e-mail address that we can write to.
edge-sign-in-required = Sign in to open this lesson.
edge-not-entitled = You are signed in, but the course of this lesson is not among yours.
edge-entitlement-ended = You had this course, and that time is over.
edge-not-yet-open = This lesson is not open yet.
edge-closed = This lesson is closed.
edge-signed-out = You have signed out.
edge-signed-in-as = Signed in as { $email }
edge-no-courses = No course is yours so far.
edge-until = until { $date }
edge-unavailable = We can't answer this just now. Please try again in a moment.
edge-mail-subject = Sign in to { $school }
edge-mail-text =
    Hello,

    open this link to sign in to { $school }:

    { $link }

    or enter this code on the page you came from: { $code }

    Both work once and for { $minutes } minutes. If you did not ask for this, do nothing: nobody has signed in.

# Search
search = Search
search-words = Words to look for
search-none = Nothing was found. Try fewer or other words.
search-found = Pages found: { $n }
search-failed = The search could not be reached. Try again in a moment.
search-needs-script = Searching needs JavaScript.
