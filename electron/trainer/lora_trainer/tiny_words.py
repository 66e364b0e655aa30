"""Common words and plain prose for tiny_corpus.py."""

WORDS = """
about above across act add after again against age air all almost alone along also always amount
angle animal answer any appear apply area arm around arrive art ask away back bad balance base bear
beat because become before begin behind believe below best better between big bird black blood blow
board boat body bone book both bottom box branch bread break bridge bring brother build burn busy
buy call care carry case catch cause cell centre certain chance change check child choose circle
city class clean clear climb close cloth cloud coast cold collect colour come common compare
complete condition contain control cook cool copper copy corner correct cost cotton count country
course cover create cross cry current cut dark data daughter dead deal decide deep degree depend
describe design detail develop different direct discover distance divide double down draw dream
drink drive drop dry during dust each early earth easy edge effect eight electric else end engine
enough equal even evening event every exact example expect experience explain express eye face fact
fall family far farm fast father feed feel field fight figure fill final find fine finger finish
fire first fish five flat floor flow flower fly follow food foot force forest form forward four free
fresh friend front fruit full game gas gather general gentle give glass gold good govern grand grass
great green ground group grow guess half hand happen happy hard head hear heart heat help high hill
history hold hole home hope horse hot hour house hundred hunt idea imagine important inch include
increase indicate industry insect inside interest island join journey judge jump keep kind king know
lake land language large laugh law lead learn least leave left length less letter level life lift
light like line liquid list listen little live local long look loud love low machine main make many
mark mass master match material matter mean measure meet melt memory metal method middle milk mind
minute mix modern moment money month more morning most mother motion mountain mouth move much music
must name nation nature near need neighbour never next night noise normal north nose note nothing
notice number object observe ocean offer often open opposite order other outside over oxygen page
pain paint pair paper part party pass past pattern pay people perhaps period person phrase picture
piece plain plan plane planet plant play point poor position possible pound power practice prepare
present press pretty price print probable problem process produce product property protect prove
provide pull push put quart question quick quite radio rain raise range rate reach read ready real
reason receive record red region remember repeat reply represent require rest result rice rich ride
right ring rise road rock roll room root rope rose round rule run safe sail salt same sand scale
school science score sea search season seat second section seed seem select send sense separate
serve settle seven several shape share sharp sheet shine ship shoe shop short should shoulder show
side sight sign silent silver similar simple single sister size skill skin sleep slow small smell
smile snow soft soil solution solve some song soon sound south space speak special speed spell spend
spread spring square stand star start state station stay steam steel step stick still stone stop
store storm story straight strange stream street stretch string strong student study subject sudden
sugar suggest suit summer sun supply support sure surface surprise swim symbol system table tail
take talk tall teach team temperature ten term test than thick thin thing think third thousand three
through throw time tiny together tone tool top total touch toward town track trade train travel tree
trip trouble true try tube turn twenty two type under unit until use usual valley value vary view
village voice volume vowel wait walk wall want war warm wash watch water wave way wear weather week
weight west wheel when where while white whole wide wild will wind window winter wire wish wonder
wood word work world write wrong yard year yellow yesterday young
""".split()

PROSE = """
A good measurement is written down at once, with its unit and the name of the person who took it.
Nobody remembers on Friday what the scale showed on Monday, so the notebook lies next to the scale.
When two numbers disagree, do not take the one you like; take a third and think about the cause.
The ferry leaves when the tide allows it, which is why the timetable changes from day to day.
Bread needs time more than it needs work: mix the dough in the evening and bake it in the morning.
A map leaves out almost everything, and that is what makes it useful.
The tallest tree in the valley was planted by a teacher, one year before the school was built.
If a machine makes a new noise, stop it first and look for the reason afterwards.
She read the letter twice, folded it, and put it back between the pages of the dictionary.
Cold air is heavier than warm air, so it gathers in the hollows during a clear night.
To compare two methods fairly, give both the same data, the same time and the same care.
The clock in the hall is four minutes fast because my grandfather was always late.
Small errors add up when they point the same way, and cancel out when they do not.
After the storm the beach had a new shape, and the old path ended in the air.
Choose a name that says what a thing is for, not how it was made.
A question is half answered when it is written in one clear sentence.
The baker counts in dozens, the printer in reams, the sailor in knots.
He painted the door blue, because the man in the shop had run out of green.
What cannot be repeated cannot be trusted, however beautiful the curve may be.
In the dry season the river is a road; in the wet season the road is a river.
Most of the work is finished before the first line is drawn.
The children built a bridge of ice and sold tickets until it melted.
Light takes eight minutes from the Sun to the Earth, and about one second from the Moon.
Listen to the quiet person in the room; they have had time to think.
An old rule says to measure twice and cut once, and wood agrees with it.
The library opens at nine, but the man with the key arrives at half past.
Salt lowers the point at which water freezes, and so the roads stay clear.
You may use any pen you like as long as others can read what you write.
The report was short: it worked, here is how, and this is what we would do next time.
Between the two villages lies a hill, and each of them calls it by another name.
""".strip().splitlines()
