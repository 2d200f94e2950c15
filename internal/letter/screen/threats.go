package screen

import "strings"

// threatens tells whether the writer of a text threatens somebody.
func threatens(text []word) bool {
	return threats.find(text, func(at int) bool { return !reported(text, at) })
}

// threatSets are the words that the patterns below name.
var threatSets = map[string]set{
	"kill": newSet(`kill murder shoot stab strangle behead lynch assassinate execute butcher slaughter massacre rape hang gut skin burn
		poison torture maim choke smother gas drown dismember decapitate unalive castrate`),
	"kills":  newSet("kills shoots stabs strangles hangs murders rapes lynches beats burns kill shoot stab hang murder rape lynch guts bombs"),
	"killed": newSet("shot killed hanged hung lynched executed murdered beheaded stabbed gutted burned burnt raped assassinated drowned castrated gassed"),
	"die":    newSet("die hang bleed rot"),
	"person": newSet(`you u ya yall yous him her them senator senators sen rep representative representatives congressman congresswoman
		congressmen legislator legislators lawmaker lawmakers politician politicians governor mayor judge judges cop cops officer officers
		policeman policemen police pig pigs sheriff sheriffs deputy deputies trooper troopers feds president family wife husband kid kids child
		children son daughter staff everyone everybody bastard bastards bitch bitches asshole assholes motherfucker motherfuckers democrats
		republicans liberals conservatives immigrants muslims jews christians`),
	"target": newSet("you u ya yall family wife husband kids children son daughter"),
	"group": newSet(`you u yall cops pigs politicians senators representatives legislators lawmakers judges democrats republicans liberals
		conservatives immigrants muslims jews traitors tyrants bastards`),
	"det": newSet(`the that this those these every each all of and one any both a an more you your ur yo his their them fucking fuckin
		goddamn damn stupid corrupt dirty filthy worthless evil racist damned bloody sorry little fat old whole entire last single
		senator representative congressman congresswoman judge officer governor mayor sheriff chief`),
	"soft": newSet("all both get gets are is will just slowly fucking painfully end ends up be and in your ur family kids wife children too also soon really a horrible rot rots hell"),
	"your": newSet("your ur yo yalls"),
	"thing": newSet(`reform reforms accountability brutality bill bills immunity budget budgets funding violence union unions misconduct department
		departments career careers chances campaign campaigns seat seats dreams hopes proposal proposals amendment amendments legislation
		law laws vote votes speech trust morale rights case cases cause reputation portrait portraits picture pictures photo photos down
		bond culture policy policies overtime state nominee nomination standing business credibility`),
	"mailto":  newSet("a an some any email note text message line question questions in with"),
	"contest": newSet("polls ballot ballots november election elections vote votes voting voters court courts courtroom primary runoff lawsuit lawsuits hearing hearings office seat"),
	"place": newSet(`house home homes office offices building buildings capitol courthouse station precinct car church mosque synagogue temple school
		headquarters statehouse chamber hearing`),
	"weapon":   newSet("gun guns rifle rifles ar15 ar ak47 weapon weapons bomb bombs knife knives shotgun shotguns pistol pistols machete glock ammo firearm firearms"),
	"weaponry": newSet("control violence reform reforms safety law laws owners owner rights lobby bill bills policy policies deaths sense storage locks ban bans"),
	"on":       newSet("on up in out onto tight around together back tough with by for to over trying fighting"),
	"deadly":   newSet("wrong set last right serious silent against tired weight in to on center even certain inside sure asleep quiet"),
	"inline":   newSet("in to on door of at year up after"),
	"their":    newSet("their her his its your"),
	"whose":    newSet("that every one of and all your kids family will day some"),
	"cause":    newSet("by for while when if in at during because just like over"),
}

// intents are the ways to say that one is going to, each before a few other words.
var intents = []string{
	"i|we ~1 will|shall|gonna|gotta|should|could|would|can|might|may|finna|wanna",
	"i|we ~1 am|are ~1 going|coming|about|fixing|ready to",
	"i|we ~2 want|wants|like|love|wish|plan|mean|intend|promise|swear|vow|hope|threaten|need to",
	"i|we am|are ~1 gonna|planning",
	"im going|about to", "im gonna", "imma|ima|ill|id",
}

// threatLines are what a threat looks like. "{intent}" stands for all intents,
// with up to four words after it.
const threatLines = `
{intent} {kill} *{det} {person} -{thing} -{mailto}
{intent} hurt *{det} {target} -{thing}
{intent} beat *{det} {person} to|up|senseless|bloody|bloodily -{contest}
{intent} gun|mow *{det} {person} down
{intent} gun|mow down *{det} {person} -{thing}
{intent} hunt *{det} {person} down
{intent} hunt down *{det} {person}
{intent} blow|string|cut|chop *{det} {person} up|away|open
{intent} blow|string up *{det} {person} -{thing}
{intent} slit|cut *{det} throat|throats
{intent} put [a|two|some] bullet|bullets|round|knife in|into|through|between
{intent} put *{det} {person} in|into|under the|a|your ground|grave|coffin
{intent} burn|blow|shoot|bomb|torch [up|down] the|your|that|this|their *{det} {place}
{intent} make *{det} {target} bleed|scream|suffer
{intent} beat *{det} shit|crap|hell out of *{det} {person}
{intent} beat|kick {your} ass|asses|face -{contest}
{intent} break|smash|bash|crush|cut {your} *{det} legs|leg|neck|arms|bones|face|skull|head|throat|knees|fingers
{intent} drag *{det} {person} out ~4 {kill} *{det} {person}
{intent} be ~2 outside {your} house|home
i|we am|are ~1 outside {your} house|home
im outside {your} house|home
{intent} end you -{thing}
{intent} end {your} life|lives
{intent} bury *{det} {person} -{mailto} -{thing}
i|we am|are|is ~1 coming|comin for|after *{det} {person} -6{contest} -{thing}
i|we ~2 coming|come|comin ~5 with ~3 {weapon} -{weaponry}
i|we ~3 bring|bringing my|our|a|an|some *{det} {weapon} -{weaponry}
i|we ~1 have|own|got ~2 {weapon} and ~2 know ~1 how to use -{weaponry}
i|we ~1 planted|placed|hid|put|set|left a|the|my|our|some *{det} bomb|bombs|explosives|explosive
there is|are ~1 bomb|bombs|explosives ~4 {place} -{weaponry}
bomb|bombs|explosives will|is|are ~2 go|explode|detonate
i|we ~2 know|knows|found|learned [out] where *{det} you|your|ur|u ~2 live|lives|sleep|sleeps|work
i|we ~2 know|knows|found|learned [out] where {your} *{det} kids|children|family|wife|husband|daughter|son|mother|parents ~2 live|lives|go|goes|sleep|sleeps|work|works|school
i|we ~2 know|have|found|got {your} home|house|street address
traitors|cops|pigs|politicians get the rope|bullet|noose
only good cop|politician|democrat|republican is a dead
got|have ~1 bullet ~2 for|with you|your|u
watch|watching {your} back|backs
sleep with one eye open
{your} days are numbered
look|looking over {your} shoulder -{cause}
you|u|yall|ya ~1 are ~1 dead|deadmen -{deadly}
you|u are ~2 dead man|woman|men|meat
youre|ur ~1 dead -{deadly}
you|u will ~1 be dead -{cause}
you|u ~1 should|must ~1 {die} -{on}
you|u ~1 deserve|deserves|need|ought to ~1 {die} -{on}
{group} ~1 should|must|deserve|need|ought ~1 die|hang -{on}
{group} ~2 should|must|deserve|deserves|ought ~2 be|get ~1 {killed}
you|u|yall will|gonna ~1 be|get ~1 {killed} -{cause}
you|u|yall will|gonna ~1 die for|tonight|screaming|alone|slowly
you|u|yall are ~1 going|gonna to die -{cause}
you|u|yall will|gonna be hanging from
you|u|yall will not live to see -{thing}
you|u|yall are next -{cause} -{inline}
{your} family|kids|children|wife|husband|daughter|son ~1 should|will|deserve|deserves|must ~1 be|get ~1 {killed} -{cause}
{your} family|kids|children|wife|husband ~1 will pay ~1 with {their} life|lives|blood
you|u|yall are ~1 going|gonna ~1 be|get ~1 {killed} -{cause}
they all should|must|deserve|need|ought ~2 die|hang
they should|must|deserve|ought all ~2 {killed}
hope|hopes|hoping|pray|praying|wish|wishing *{whose} someone|somebody|anybody|they|he|she ~1 {kills} *{det} {person} -{thing} -{mailto}
hope|hopes|hoping|pray|praying|wish|wishing [that] you|your|u|ur|yall *{soft} die|dies|dead|choke|bleed|hang|burn|burns -{on}
hope|hopes|hoping|pray|praying|wish|wishing [that] you|your|u|ur|yall *{soft} {killed} -{cause}
hope|hopes|hoping|pray|wish cancer|aids|covid|something kills|takes you|your|u
hope|wish [that] you|u|yall get hit by
hope|wish [that] you|u|yall drop dead
want|wanted|love|like|wish ~1 see *{det} {target} dead|die|hang|hanged|bleed|swing|burn|shot|killed -{on}
want|wish you|u|them|him|her dead
wish you|u ~1 were|was dead
better off dead
bullet|bullets ~1 with|has|have ~2 {your} name|names
bullet|bullets in|into|through|between *{det} {your} head|skull|brain|heart|eyes|face|back|chest
noose|rope ~3 {your} neck|necks|name
noose waiting for you|your
pay with {your} life|lives|blood
accident|accidents ~2 happen|happens ~1 to you|your|u
shame if ~4 happened|happens to you|your|u
^ [someone|please|lets|let] [us|s] kill|shoot|hang|lynch|behead|murder|gas|stab|assassinate *{det} {person} -{thing} -{mailto}
someone|somebody ~1 should|needs|ought|must|please|better ~2 {kill} *{det} {person} -{thing} -{mailto}
someone|somebody is|are going to {kill} you|your|u -{mailto} -{thing}
death to *{det} {group} -{thing}
kill|off yourself|urself|yourselves
kys
^ [just|please|go] go|and|please die
^ [just|please] drop dead
^ die *{det} {person}
te|los|las|lo|la|le voy|vamos a matar|disparar|violar|quemar|matarte
te|los|las matare|mataremos|mato|matamos
sabemos|se donde vives|viven|vive
voy|vamos a matarte|matarlos|matarlo|matarla
ojala te|los|se|lo maten|mueras|mueran|muera|violen
`

var threats = func() patterns {
	p := patterns{}
	for line := range strings.Lines(threatLines) {
		line = strings.TrimSpace(line)
		rest, intended := strings.CutPrefix(line, "{intent}")
		switch {
		case line == "":
		case intended:
			for _, intent := range intents {
				p.add(intent+" ~4"+rest, threatSets)
			}
		default:
			p.add(line, threatSets)
		}
	}
	return p
}()
