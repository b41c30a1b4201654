# 主题的中文文本。花括号里的词由程序填入。

language-name = 中文

# 每个页面
skip = 跳到正文
navigation = 主导航
footer = 更多
language = 语言
scheme = 浅色或深色
home = 首页
feed = 订阅
sign-in = 登录
sign-out = 退出登录
account = 我的课程

# 列表与课程
courses = 课程
browse-courses = 浏览课程
instructors = 讲师
lessons = 课时
lesson-count = { $n } 课时
of-them-free = { $n } 课时免费
minutes = { $n } 分钟
minutes-short = { $n } 分钟
hours = { $n } 小时
hours-minutes = { $hours } 小时 { $minutes } 分钟
duration = 所需时间
level = 难度
list-category = 分类：{ $name }
list-level = 难度：{ $name }
list-tag = 标签：{ $name }
beginner = 入门
intermediate = 进阶
advanced = 高级
free = 免费
paid = 付费内容
on-request = 价格请咨询
pages = 分页
page-of = 第 { $number } 页，共 { $count } 页
offer = 课程信息
start = 开始学习
start-free = 从免费课时开始
owned-sign-in = 已经拥有？请登录
syllabus = 课程大纲
video = 视频
with-video = 含视频
paths = 学习路径
concepts = 概念
glossary = 词汇表
course-count = { $n } 门课
objectives = 学完之后你能够
roadmap = 先学什么，后学什么
before-course = 学这门课之前
after-course = 学完这门课之后
before-lesson = 先学：
needs = 先学
taught-in = 在哪里讲到

# 课时
untranslated = 尚未翻译
untranslated-about = 本文还没有{ $language }译文，以下是原文。
lesson-place = 第 { $number } 课，共 { $count } 课
contents = 本页内容
turn = 上一课与下一课
previous = 上一课
next = 下一课
finished = 回到课程
changed = 最后更新：{ $date }
related = 相关课时
linked-from = 链接到此页
written-by = 作者：
list-comma = 、
footnote-back = 返回正文第 { $number } 处注释
note = 说明
tip = 提示
important = 重要
warning = 注意
caution = 警告
tabs = 选项卡
captions = 字幕
quiz = 练习
quiz-right = 正确。
quiz-wrong = 不对。
code-all = 显示隐藏的行
diagram = 图表
task = 任务
embed-note = 来自其他网站，点击后才会载入。
copy = 复制
copied = 已复制
locked-title = 本课余下的内容属于付费课程
locked-part-of = 本课属于课程
locked-note = 已经登录，但浏览器没有运行脚本？请在单独的页面打开本课。
open-lesson = 打开本课
opens = { $date }开放
opens-short = { $date }起
opens-about = 从那天起，所有人都可以免费阅读。
closes = 开放至{ $date }
closed-about = 在那天之前，所有人都可以免费阅读。

# 登录
sign-in-about = 无需密码：我们会把登录链接和六位验证码发到您的邮箱。
email = 邮箱地址
send-code = 发送登录链接
confirm = 确认身份
ask-again = 重新获取验证码
not-found = 这个地址没有内容
not-found-about = 页面可能已经移动，或者链接有误。

# 服务端的提示
edge-check-mail = 请查看邮箱：打开邮件里的链接，或在这里输入验证码。
edge-code-label = 六位验证码
edge-link-ready = 链接有效，请点击按钮登录。
edge-code-wrong = 验证码不对，请再核对一次。
edge-code-expired = 链接或验证码已过期或已使用，请重新获取。
edge-too-many-tries = 尝试次数过多，请过几分钟再重新获取验证码。
edge-email-invalid = 这不是有效的邮箱地址。
edge-sign-in-required = 请先登录再打开本课。
edge-not-entitled = 您已登录，但还没有拥有本课所属的课程。
edge-entitlement-ended = 您对这门课程的使用期限已经结束。
edge-not-yet-open = 本课尚未开放。
edge-closed = 本课已经关闭。
edge-signed-out = 您已退出登录。
edge-signed-in-as = 当前账号：{ $email }
edge-no-courses = 您还没有课程。
edge-until = 有效期至 { $date }
edge-unavailable = 暂时无法处理，请稍后再试。
edge-mail-subject = 登录 { $school }
edge-mail-text =
    您好：

    请打开下面的链接登录 { $school }：

    { $link }

    或在刚才的页面输入验证码：{ $code }

    链接和验证码只能使用一次，{ $minutes } 分钟内有效。如果这不是您本人的操作，请忽略本邮件，没有人登录您的账号。

# 搜索
search = 搜索
search-words = 要找的词
search-none = 没有找到。请换几个词，或者少写几个。
search-found = 找到 { $n } 个页面
search-failed = 暂时无法搜索，请稍后再试。
search-needs-script = 搜索需要 JavaScript。
