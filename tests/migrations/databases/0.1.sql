BEGIN TRANSACTION;
CREATE TABLE acquaintance (
	page_id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	seen_id INTEGER NOT NULL, 
	seen_number INTEGER NOT NULL, 
	"left" INTEGER NOT NULL, 
	codec VARCHAR(8), 
	known BLOB, 
	CONSTRAINT pk_acquaintance PRIMARY KEY (page_id, source_id), 
	CONSTRAINT fk_acquaintance_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_acquaintance_seen_id_revision FOREIGN KEY(seen_id) REFERENCES revision (id), 
	CONSTRAINT fk_acquaintance_source_id_page FOREIGN KEY(source_id) REFERENCES page (id) ON DELETE CASCADE
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE facet (
	id INTEGER NOT NULL, 
	page_id INTEGER NOT NULL, 
	field VARCHAR(40) NOT NULL, 
	value VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_facet PRIMARY KEY (id), 
	CONSTRAINT fk_facet_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
INSERT INTO "facet" VALUES(1,9,'city','Brest');
INSERT INTO "facet" VALUES(2,9,'recipes','une-page-recipe');
INSERT INTO "facet" VALUES(3,9,'themes','une-page-theme');
INSERT INTO "facet" VALUES(4,9,'year','2013');
CREATE TABLE follow (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	page_id INTEGER NOT NULL, 
	scope VARCHAR(8) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_follow PRIMARY KEY (id), 
	CONSTRAINT fk_follow_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_follow_user_id_user FOREIGN KEY(user_id) REFERENCES user (id) ON DELETE CASCADE, 
	CONSTRAINT uq_follow_user_id_page_id_scope UNIQUE (user_id, page_id, scope)
);
CREATE TABLE link (
	id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	field VARCHAR(40) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	words VARCHAR(200) NOT NULL, 
	target_id INTEGER, 
	sort_key VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_link PRIMARY KEY (id), 
	CONSTRAINT fk_link_source_id_page FOREIGN KEY(source_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_link_target_id_page FOREIGN KEY(target_id) REFERENCES page (id) ON DELETE SET NULL
);
INSERT INTO "link" VALUES(1,1,'','nulle-part','',NULL,'une-page-recipe');
INSERT INTO "link" VALUES(2,1,'','soupe','',8,'une-page-recipe');
INSERT INTO "link" VALUES(3,2,'','nulle-part','',NULL,'une-page-event');
INSERT INTO "link" VALUES(4,2,'','soupe','',8,'une-page-event');
INSERT INTO "link" VALUES(5,3,'','nulle-part','',NULL,'une-page-edition');
INSERT INTO "link" VALUES(6,3,'','soupe','',8,'une-page-edition');
INSERT INTO "link" VALUES(7,4,'','nulle-part','',NULL,'une-page-project');
INSERT INTO "link" VALUES(8,4,'','soupe','',8,'une-page-project');
INSERT INTO "link" VALUES(9,5,'','nulle-part','',NULL,'une-page-theme');
INSERT INTO "link" VALUES(10,5,'','soupe','',8,'une-page-theme');
INSERT INTO "link" VALUES(11,6,'','nulle-part','',NULL,'une-page-collective');
INSERT INTO "link" VALUES(12,6,'','soupe','',8,'une-page-collective');
INSERT INTO "link" VALUES(13,7,'','nulle-part','',NULL,'une-page-article');
INSERT INTO "link" VALUES(14,7,'','soupe','',8,'une-page-article');
INSERT INTO "link" VALUES(15,9,'organizers','doc-brest','Doc Brest',NULL,'2013-10-12');
INSERT INTO "link" VALUES(16,9,'recipes','une-page-recipe','',1,'2013-10-12');
INSERT INTO "link" VALUES(17,9,'themes','une-page-theme','',5,'2013-10-12');
CREATE TABLE occurrence (
	id INTEGER NOT NULL, 
	page_id INTEGER NOT NULL, 
	starts DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	CONSTRAINT pk_occurrence PRIMARY KEY (id), 
	CONSTRAINT fk_occurrence_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
INSERT INTO "occurrence" VALUES(1,9,'2013-10-12 12:00:00.000000','2013-10-12 16:00:00.000000');
CREATE TABLE offer (
	id INTEGER NOT NULL, 
	page_id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	source_revision_id INTEGER NOT NULL, 
	units JSON NOT NULL, 
	message TEXT NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	author_id INTEGER, 
	author_key VARCHAR(40) NOT NULL, 
	author_name VARCHAR(80) NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_offer PRIMARY KEY (id), 
	CONSTRAINT fk_offer_author_id_user FOREIGN KEY(author_id) REFERENCES user (id), 
	CONSTRAINT fk_offer_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_offer_source_id_page FOREIGN KEY(source_id) REFERENCES page (id) ON DELETE CASCADE, 
	CONSTRAINT fk_offer_source_revision_id_revision FOREIGN KEY(source_revision_id) REFERENCES revision (id)
);
CREATE TABLE offer_word (
	id INTEGER NOT NULL, 
	offer_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	author_id INTEGER, 
	author_name VARCHAR(80) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_offer_word PRIMARY KEY (id), 
	CONSTRAINT fk_offer_word_author_id_user FOREIGN KEY(author_id) REFERENCES user (id), 
	CONSTRAINT fk_offer_word_offer_id_offer FOREIGN KEY(offer_id) REFERENCES offer (id) ON DELETE CASCADE
);
CREATE TABLE page (
	id INTEGER NOT NULL, 
	slug VARCHAR(80) NOT NULL, 
	origin_id INTEGER, 
	protected BOOLEAN NOT NULL, 
	archived_at DATETIME, 
	created_at DATETIME NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	title_key VARCHAR(200) NOT NULL, 
	summary VARCHAR(400) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	complete BOOLEAN NOT NULL, 
	starts_on VARCHAR(10), 
	place VARCHAR(200), 
	head_number INTEGER NOT NULL, 
	head_id INTEGER, 
	updated_at DATETIME NOT NULL, 
	stamp INTEGER NOT NULL, 
	CONSTRAINT pk_page PRIMARY KEY (id), 
	CONSTRAINT fk_page_origin_id_page FOREIGN KEY(origin_id) REFERENCES page (id), 
	CONSTRAINT uq_page_slug UNIQUE (slug)
);
INSERT INTO "page" VALUES(1,'une-page-recipe',NULL,0,NULL,'2026-11-23 07:56:46.645988','recipe','Une page recipe 🍞','une-page-recipe','Voir Soupe et nulle part.','fr',0,NULL,NULL,1,1,'2026-11-23 07:56:46.645988',9);
INSERT INTO "page" VALUES(2,'une-page-event',NULL,0,NULL,'2026-11-23 07:56:46.717211','event','Une page event 🍞','une-page-event','Voir Soupe et nulle part.','fr',0,NULL,NULL,1,2,'2026-11-23 07:56:46.717211',7);
INSERT INTO "page" VALUES(3,'une-page-edition',NULL,0,NULL,'2026-11-23 07:56:46.762733','edition','Une page edition 🍞','une-page-edition','Voir Soupe et nulle part.','fr',0,NULL,NULL,1,3,'2026-11-23 07:56:46.762733',7);
INSERT INTO "page" VALUES(4,'une-page-project',NULL,0,NULL,'2026-11-23 07:56:46.798021','project','Une page project 🍞','une-page-project','Voir Soupe et nulle part.','fr',0,NULL,NULL,1,4,'2026-11-23 07:56:46.798021',7);
INSERT INTO "page" VALUES(5,'une-page-theme',NULL,0,NULL,'2026-11-23 07:56:46.830305','theme','Une page theme 🍞','une-page-theme','Voir Soupe et nulle part.','fr',1,NULL,NULL,1,5,'2026-11-23 07:56:46.830305',9);
INSERT INTO "page" VALUES(6,'une-page-collective',NULL,0,NULL,'2026-11-23 07:56:46.859284','collective','Une page collective 🍞','une-page-collective','Voir Soupe et nulle part.','fr',0,NULL,NULL,1,6,'2026-11-23 07:56:46.859284',7);
INSERT INTO "page" VALUES(7,'une-page-article',NULL,1,NULL,'2026-11-23 07:56:46.889054','article','Une page article 🍞','une-page-article','Voir Soupe et nulle part.','fr',1,NULL,NULL,1,7,'2026-11-23 07:56:46.889054',8);
INSERT INTO "page" VALUES(8,'grande-soupe',NULL,0,NULL,'2026-11-23 07:56:46.921093','article','Grande soupe','grande-soupe','Des légumes. Pour vingt personnes.','fr',1,NULL,NULL,5,12,'2026-11-23 07:56:47.090266',4);
INSERT INTO "page" VALUES(9,'fete-de-la-soupe',NULL,0,NULL,'2026-11-23 07:56:47.130641','event','Fête de la soupe','fete-de-la-soupe','Il faisait beau.','fr',1,'2013-10-12','Brest, gare',1,13,'2026-11-23 07:56:47.130641',1);
INSERT INTO "page" VALUES(10,'a-oublier',NULL,0,'2026-11-23 07:56:47.244876','2026-11-23 07:56:47.214189','article','À oublier','a-oublier','Rien.','fr',0,NULL,NULL,1,14,'2026-11-23 07:56:47.214189',2);
CREATE TABLE page_name (
	slug VARCHAR(80) NOT NULL, 
	page_id INTEGER NOT NULL, 
	CONSTRAINT pk_page_name PRIMARY KEY (slug), 
	CONSTRAINT fk_page_name_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
INSERT INTO "page_name" VALUES('une-page-recipe',1);
INSERT INTO "page_name" VALUES('une-page-event',2);
INSERT INTO "page_name" VALUES('une-page-edition',3);
INSERT INTO "page_name" VALUES('une-page-project',4);
INSERT INTO "page_name" VALUES('une-page-theme',5);
INSERT INTO "page_name" VALUES('une-page-collective',6);
INSERT INTO "page_name" VALUES('une-page-article',7);
INSERT INTO "page_name" VALUES('soupe',8);
INSERT INTO "page_name" VALUES('grande-soupe',8);
INSERT INTO "page_name" VALUES('fete-de-la-soupe',9);
INSERT INTO "page_name" VALUES('a-oublier',10);
CREATE TABLE position (
	page_id INTEGER NOT NULL, 
	latitude FLOAT NOT NULL, 
	longitude FLOAT NOT NULL, 
	precision VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_position PRIMARY KEY (page_id), 
	CONSTRAINT fk_position_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
INSERT INTO "position" VALUES(9,48.388,-4.478,'');
CREATE TABLE presence (
	page_id INTEGER NOT NULL, 
	actor_key VARCHAR(40) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_presence PRIMARY KEY (page_id, actor_key), 
	CONSTRAINT fk_presence_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
CREATE TABLE rendered (
	page_id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	stamp INTEGER NOT NULL, 
	version VARCHAR(80) NOT NULL, 
	html TEXT NOT NULL, 
	data JSON NOT NULL, 
	CONSTRAINT pk_rendered PRIMARY KEY (page_id), 
	CONSTRAINT fk_rendered_page_id_page FOREIGN KEY(page_id) REFERENCES page (id) ON DELETE CASCADE
);
INSERT INTO "rendered" VALUES(8,12,4,'1-mistune3.4.0-nh30.3.8','<h2 id="s-soupe">Soupe <a class="section-edit" href="/wiki/grande-soupe/edit?section=s-soupe">Modifier</a></h2>
<p>Des légumes.</p>
<h3 id="s-pour-qui">Pour qui <a class="section-edit" href="/wiki/grande-soupe/edit?section=s-pour-qui">Modifier</a></h3>
<p>Pour vingt personnes.</p>
','{"kind": "article", "fields": {"title": "Grande soupe"}, "extra": {}, "toc": [[2, "Soupe", "s-soupe"], [3, "Pour qui", "s-pour-qui"]], "whole": true, "targets": {}, "authors": ["Visite Narcisse 8886", "alice", "ada"], "parts": {}, "differs": []}');
INSERT INTO "rendered" VALUES(9,13,1,'1-mistune3.4.0-nh30.3.8','<h2 id="s-recit">Récit <a class="section-edit" href="/wiki/fete-de-la-soupe/edit?section=s-recit">Modifier</a></h2>
<p>Il faisait beau.</p>
','{"kind": "event", "fields": {"title": "F\u00eate de la soupe", "sessions": ["2013-10-12T14:00/2013-10-12T18:00 Europe/Paris"], "place": "Brest, gare", "geo": "48.388, -4.478", "organizers": ["Doc Brest"], "themes": ["une-page-theme"], "recipes": ["une-page-recipe"]}, "extra": {"unknown": "gard\u00e9"}, "toc": [[2, "R\u00e9cit", "s-recit"]], "whole": true, "targets": {"une-page-recipe": ["/wiki/une-page-recipe", "Une page recipe \ud83c\udf5e"], "une-page-theme": ["/wiki/une-page-theme", "Une page theme \ud83c\udf5e"]}, "authors": ["alice"], "parts": {}, "differs": []}');
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	page_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	parent_id INTEGER, 
	merged_id INTEGER, 
	base_number INTEGER NOT NULL, 
	codec VARCHAR(8) NOT NULL, 
	body BLOB NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size INTEGER NOT NULL, 
	size_change INTEGER NOT NULL, 
	author_id INTEGER, 
	author_name VARCHAR(80) NOT NULL, 
	comment VARCHAR(400) NOT NULL, 
	minor BOOLEAN NOT NULL, 
	action VARCHAR(12) NOT NULL, 
	changes JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_revision PRIMARY KEY (id), 
	CONSTRAINT fk_revision_author_id_user FOREIGN KEY(author_id) REFERENCES user (id), 
	CONSTRAINT fk_revision_merged_id_revision FOREIGN KEY(merged_id) REFERENCES revision (id), 
	CONSTRAINT fk_revision_page_id_page FOREIGN KEY(page_id) REFERENCES page (id), 
	CONSTRAINT fk_revision_parent_id_revision FOREIGN KEY(parent_id) REFERENCES revision (id), 
	CONSTRAINT uq_revision_page_id_number UNIQUE (page_id, number)
);
INSERT INTO "revision" VALUES(1,1,1,NULL,NULL,0,'plain',X'2D2D2D0A6B696E643A207265636970650A7469746C653A20556E6520706167652072656369706520F09F8D9E0A2D2D2D0A0A566F6972205B5B536F7570655D5D206574205B5B6E756C6C6520706172745D5D2E0A','fea0f5965c89473d4a7522e2ec213f6fe121efe3c244bbe3ad3de3e98f18baa8',81,81,2,'alice','',0,'create','[]','2026-11-23 07:56:46.645988');
INSERT INTO "revision" VALUES(2,2,1,NULL,NULL,0,'plain',X'2D2D2D0A6B696E643A206576656E740A7469746C653A20556E652070616765206576656E7420F09F8D9E0A2D2D2D0A0A566F6972205B5B536F7570655D5D206574205B5B6E756C6C6520706172745D5D2E0A','fb2d038bf2ec2e769ea84cb8778d5f6c4f9ddfd342019f80e02314cbb86488ad',79,79,2,'alice','',0,'create','[]','2026-11-23 07:56:46.717211');
INSERT INTO "revision" VALUES(3,3,1,NULL,NULL,0,'plain',X'2D2D2D0A6B696E643A2065646974696F6E0A7469746C653A20556E6520706167652065646974696F6E20F09F8D9E0A2D2D2D0A0A566F6972205B5B536F7570655D5D206574205B5B6E756C6C6520706172745D5D2E0A','2554ed641fa93fdbb80257b2b0dfed7a838ad5658076774655aedcc223c8a59d',83,83,2,'alice','',0,'create','[]','2026-11-23 07:56:46.762733');
INSERT INTO "revision" VALUES(4,4,1,NULL,NULL,0,'plain',X'2D2D2D0A6B696E643A2070726F6A6563740A7469746C653A20556E6520706167652070726F6A65637420F09F8D9E0A2D2D2D0A0A566F6972205B5B536F7570655D5D206574205B5B6E756C6C6520706172745D5D2E0A','4e7feed583ae2bc7dbdcc7e6e4d062e3b9eb3dc896f3bd05f8415ecb25ab1f0d',83,83,2,'alice','',0,'create','[]','2026-11-23 07:56:46.798021');
INSERT INTO "revision" VALUES(5,5,1,NULL,NULL,0,'plain',X'2D2D2D0A6B696E643A207468656D650A7469746C653A20556E652070616765207468656D6520F09F8D9E0A2D2D2D0A0A566F6972205B5B536F7570655D5D206574205B5B6E756C6C6520706172745D5D2E0A','c1d97fcaff4df5bb24ad74252a7bf3727284047b04d3146c84c47a03f71087ac',79,79,2,'alice','',0,'create','[]','2026-11-23 07:56:46.830305');
INSERT INTO "revision" VALUES(6,6,1,NULL,NULL,0,'plain',X'2D2D2D0A6B696E643A20636F6C6C6563746976650A7469746C653A20556E65207061676520636F6C6C65637469766520F09F8D9E0A2D2D2D0A0A566F6972205B5B536F7570655D5D206574205B5B6E756C6C6520706172745D5D2E0A','c4b4d5dff9912fae37d36f0263d4999c37c61412a1ac2d9bd7c8ce10045f3a97',89,89,2,'alice','',0,'create','[]','2026-11-23 07:56:46.859284');
INSERT INTO "revision" VALUES(7,7,1,NULL,NULL,0,'plain',X'2D2D2D0A6B696E643A2061727469636C650A7469746C653A20556E6520706167652061727469636C6520F09F8D9E0A2D2D2D0A0A566F6972205B5B536F7570655D5D206574205B5B6E756C6C6520706172745D5D2E0A','d4c4f64dbd6eb671022915df1348bc9bf346aeddb76cab2c720701034bdf6110',83,83,2,'alice','',0,'create','[]','2026-11-23 07:56:46.889054');
INSERT INTO "revision" VALUES(8,8,1,NULL,NULL,0,'plain',X'2320536F7570650A0A446573206CC3A967756D65732E0A0A232320506F7572207175690A0A506F75722076696E677420706572736F6E6E65732E0A','eb73c5cdab4cfc64732a8058e5f4166261f8f0d66048ef640b1aafe4054e7d24',58,58,NULL,'Visite Narcisse 8886','Première soupe',0,'create','[]','2026-11-23 07:56:46.921093');
INSERT INTO "revision" VALUES(9,8,2,8,NULL,1,'plain',X'2320536F7570650A0A446573206CC3A967756D6573206475206D61726368C3A92E0A0A232320506F7572207175690A0A506F75722076696E677420706572736F6E6E65732E0A','20211e9cd4bc006f4d968cf0bfe73d212530b06e3a6969ff74f4ee1a0336a8a7',68,10,2,'alice','',0,'edit','[["changed", "Soupe", 1, 1, false]]','2026-11-23 07:56:46.959411');
INSERT INTO "revision" VALUES(10,8,3,9,NULL,1,'plain',X'2320536F7570650A0A446573206CC3A967756D6573206475206D61726368C3A92E0A0A232320506F7572207175690A0A506F7572207472656E746520706572736F6E6E65732E0A','3f1fa85a4e319bed57ece8c459aacb18b16f7ab5d35371501251a5bd40bdc795',69,1,NULL,'Visite Narcisse 8886','Plus de monde',1,'edit','[["changed", "Pour qui", 1, 1, false]]','2026-11-23 07:56:46.983552');
INSERT INTO "revision" VALUES(11,8,4,10,NULL,1,'plain',X'2320536F7570650A0A446573206CC3A967756D65732E0A0A232320506F7572207175690A0A506F75722076696E677420706572736F6E6E65732E0A','eb73c5cdab4cfc64732a8058e5f4166261f8f0d66048ef640b1aafe4054e7d24',58,-11,1,'ada','Version 1 remise en place',0,'restore','[["changed", "Soupe", 1, 1, false], ["changed", "Pour qui", 1, 1, false]]','2026-11-23 07:56:47.011734');
INSERT INTO "revision" VALUES(12,8,5,11,NULL,4,'plain',X'2D2D2D0A6B696E643A2061727469636C650A7469746C653A204772616E646520736F7570650A2D2D2D0A0A2320536F7570650A0A446573206CC3A967756D65732E0A0A232320506F7572207175690A0A506F75722076696E677420706572736F6E6E65732E0A','dff83f9d0168b6a078a8a0f30037a7ea57489c568e36811fe5e8223e56d8ae85',101,43,1,'ada','Renommée : « Soupe » devient « Grande soupe »',0,'rename','[["added", "kind", 1, 0, true], ["added", "title", 1, 0, true]]','2026-11-23 07:56:47.090266');
INSERT INTO "revision" VALUES(13,9,1,NULL,NULL,0,'zstd',X'28B52FFD6010003D0600020D2B288029CD013324848CC8ADC1A0DDD9DDC8BA44FBA92D3DF8E830608A82599AB5B66D234620AD18EC0189443E82C2E6D79CA00E4126ECE5F118280291B9BBF97818B51AD872AC98AD97BBDC37DCF62B7EE10A301716E0EED08B1BC732351444594DA4C44092A28ABDC93B6E3401DF1D80AA2FECB47CEDB840F1C65C145084545220A494E460912C4A9691A085AE6AAAB758BFF7976F913D6547CFE8E1C333A0EA0E6C98709DE1AA98D58EDCDD080077089773003F67C1294ECE5CAE8E11D2901984B81905','b2fe1f16b4690134cb65162649b35bcd3416b7fc954d78c46b092ddeb03ef2ea',269,269,2,'alice','',0,'create','[]','2026-11-23 07:56:47.130641');
INSERT INTO "revision" VALUES(14,10,1,NULL,NULL,0,'plain',X'2320C380206F75626C6965720A0A5269656E2E0A','954f33224f9b8cb829c4e0c93f0ec5430ad770ec7bd51a37c922aee55a10707c',19,19,NULL,'Visite Narcisse 8886','',0,'create','[]','2026-11-23 07:56:47.214189');
CREATE TABLE search_task (
	id INTEGER NOT NULL, 
	page_id INTEGER NOT NULL, 
	CONSTRAINT pk_search_task PRIMARY KEY (id)
);
INSERT INTO "search_task" VALUES(1,1);
INSERT INTO "search_task" VALUES(2,2);
INSERT INTO "search_task" VALUES(3,3);
INSERT INTO "search_task" VALUES(4,4);
INSERT INTO "search_task" VALUES(5,5);
INSERT INTO "search_task" VALUES(6,6);
INSERT INTO "search_task" VALUES(7,7);
INSERT INTO "search_task" VALUES(8,8);
INSERT INTO "search_task" VALUES(9,8);
INSERT INTO "search_task" VALUES(10,8);
INSERT INTO "search_task" VALUES(11,8);
INSERT INTO "search_task" VALUES(12,8);
INSERT INTO "search_task" VALUES(13,8);
INSERT INTO "search_task" VALUES(14,9);
INSERT INTO "search_task" VALUES(15,10);
INSERT INTO "search_task" VALUES(16,10);
INSERT INTO "search_task" VALUES(17,7);
CREATE TABLE taking (
	id INTEGER NOT NULL, 
	page_id INTEGER NOT NULL, 
	source_revision_id INTEGER NOT NULL, 
	revision_id INTEGER, 
	decisions JSON NOT NULL, 
	whole BOOLEAN NOT NULL, 
	author_id INTEGER, 
	author_name VARCHAR(80) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_taking PRIMARY KEY (id), 
	CONSTRAINT fk_taking_author_id_user FOREIGN KEY(author_id) REFERENCES user (id), 
	CONSTRAINT fk_taking_page_id_page FOREIGN KEY(page_id) REFERENCES page (id), 
	CONSTRAINT fk_taking_revision_id_revision FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT fk_taking_source_revision_id_revision FOREIGN KEY(source_revision_id) REFERENCES revision (id), 
	CONSTRAINT uq_taking_revision_id UNIQUE (revision_id)
);
CREATE TABLE user (
	id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	name_key VARCHAR(160) NOT NULL, 
	email VARCHAR(254), 
	password_hash VARCHAR(200) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	session_token VARCHAR(43) NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_user PRIMARY KEY (id), 
	CONSTRAINT uq_user_name_key UNIQUE (name_key), 
	CONSTRAINT uq_user_session_token UNIQUE (session_token)
);
INSERT INTO "user" VALUES(1,'ada','ada','ada@example.org','$argon2id$v=19$m=19456,t=2,p=1$j4nFBMKS085Q1RyF0p+kTg$Mi5EEOqq2f1deQIbO9YboL/PmhCXUGlGgysfDvmpDvM','admin','n0p1YgNdWK-d_mdwqVT8ExDsquv48T2OhYyiABnXg4Y',1,'2026-11-23 07:56:46.516341');
INSERT INTO "user" VALUES(2,'alice','allce',NULL,'$argon2id$v=19$m=19456,t=2,p=1$EjUrRFGvs8RiuSeCbm7YmQ$0/cVNQE9C+muTXBb+WRD86I85vFJixHKGqRWoYqEYac','member','QKI62K7iY2P_jH6JUsG_tPqPaxea_UNkvNP0cimFbqo',1,'2026-11-23 07:56:46.643354');
CREATE INDEX ix_page_kind_starts_on ON page (kind, archived_at, starts_on);
CREATE INDEX ix_page_kind_title_key ON page (kind, archived_at, title_key);
CREATE INDEX ix_page_origin_id ON page (origin_id);
CREATE INDEX ix_page_title_key ON page (title_key);
CREATE INDEX ix_page_updated_at ON page (updated_at);
CREATE INDEX ix_search_task_page_id ON search_task (page_id);
CREATE INDEX ix_facet_field_value ON facet (field, value, page_id);
CREATE INDEX ix_facet_page_id ON facet (page_id);
CREATE INDEX ix_link_key ON link ("key");
CREATE INDEX ix_link_source_id ON link (source_id);
CREATE INDEX ix_link_target ON link (target_id, field, sort_key);
CREATE INDEX ix_occurrence_ends ON occurrence (ends);
CREATE INDEX ix_occurrence_page_id ON occurrence (page_id);
CREATE INDEX ix_occurrence_starts ON occurrence (starts);
CREATE INDEX ix_page_name_page_id ON page_name (page_id);
CREATE INDEX ix_revision_author_id ON revision (author_id);
CREATE INDEX ix_revision_author_name ON revision (author_name);
CREATE INDEX ix_revision_created_at ON revision (created_at);
CREATE INDEX ix_revision_merged_id ON revision (merged_id);
CREATE INDEX ix_revision_parent_id ON revision (parent_id);
CREATE INDEX ix_taking_author_id ON taking (author_id);
CREATE INDEX ix_taking_page_id ON taking (page_id);
CREATE INDEX ix_taking_source_revision_id ON taking (source_revision_id);
CREATE INDEX ix_acquaintance_seen_id ON acquaintance (seen_id);
CREATE INDEX ix_acquaintance_source_id ON acquaintance (source_id);
CREATE INDEX ix_offer_author_id ON offer (author_id);
CREATE INDEX ix_offer_author_key ON offer (author_key);
CREATE INDEX ix_offer_page_id_state ON offer (page_id, state);
CREATE INDEX ix_offer_source_id ON offer (source_id);
CREATE INDEX ix_offer_source_revision_id ON offer (source_revision_id);
CREATE INDEX ix_offer_word_author_id ON offer_word (author_id);
CREATE INDEX ix_offer_word_offer_id ON offer_word (offer_id);
CREATE INDEX ix_follow_page_id ON follow (page_id);
COMMIT;
