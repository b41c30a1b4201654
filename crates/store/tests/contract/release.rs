//! Promises about publication and rollback.

use contracts::id::{LessonId, ReleaseId};
use contracts::object_key::ObjectKey;
use store::catalog::{Catalog, Refreshed};
use store::release::key::ReleaseKey;
use store::release::{
    Plan, Premise, Progress, ReadError, ReleaseError, ReleaseState, dry_run, publish, releases,
    rollback,
};
use store::store::Store;

use crate::door::{Ground, Kind, at, grounds};
use crate::school::{School, asset, first, page, second, third};

#[tokio::test]
async fn a_publication_shows_the_school_and_nothing_else() {
    for ground in grounds().await {
        let published = ground.publish(&first(), 1).await.unwrap();
        assert_eq!((published.uploaded, published.kept, published.retired), (7, 0, 0));
        ground.assert_shows(&first(), None).await;
        let published = ground.publish(&second(), 2).await.unwrap();
        // The account frame and the Chinese course stay, `about` goes.
        assert_eq!((published.uploaded, published.kept, published.retired), (5, 2, 1));
        ground.assert_shows(&second(), Some(&first())).await;
        ground.publish(&third(), 3).await.unwrap();
        ground.assert_shows(&third(), Some(&second())).await;
    }
}

#[tokio::test]
async fn publishing_the_same_site_twice_stores_nothing() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        ground.publish(&second(), 2).await.unwrap();
        let before = ground.store.head(&ObjectKey::Current).await.unwrap();
        let again = ground.publish(&second(), 3).await.unwrap();
        assert_eq!((again.uploaded, again.bytes, again.retired), (0, 0, 0));
        assert_eq!(ground.store.head(&ObjectKey::Current).await.unwrap(), before);
        ground.assert_shows(&second(), Some(&first())).await;
    }
}

#[tokio::test]
async fn a_dry_run_tells_the_plan_and_changes_nothing() {
    for ground in grounds().await {
        let plan = dry_run(&ground.store, &first().manifest(), &ground.key, Premise::default())
            .await
            .unwrap();
        assert_eq!(plan.put.len(), 7);
        assert_eq!(ground.public_side().await, []);
        ground.publish(&first(), 1).await.unwrap();
        let plan = dry_run(&ground.store, &second().manifest(), &ground.key, Premise::default())
            .await
            .unwrap();
        assert_eq!((plan.put.len(), plan.keep.len()), (5, 2));
        assert_eq!(Vec::from_iter(&plan.retire), ["about/index.html"]);
        let plan = dry_run(&ground.store, &first().manifest(), &ground.key, Premise::default())
            .await
            .unwrap();
        assert!(plan.is_empty(), "{plan:?}");
        assert_ne!(plan, Plan::default());
    }
}

#[tokio::test]
async fn a_damaged_public_side_is_mended_by_publishing_again() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        ground.store.delete(&page("index.html")).await.unwrap();
        ground.overwrite(&page("about/index.html"), "defaced at another length").await;
        ground.overwrite(&page("stray.html"), "stray").await;
        ground.publish(&first(), 2).await.unwrap();
        ground.assert_shows(&first(), None).await;
    }
}

#[tokio::test]
async fn a_rollback_restores_the_public_side_exactly() {
    for ground in grounds().await {
        let one = ground.publish(&first(), 1).await.unwrap().release;
        let two = ground.publish(&second(), 2).await.unwrap().release;
        let back = rollback(&ground.store, None, &ground.key, at(3)).await.unwrap();
        assert_eq!(back.release, one);
        // Two forms of the home page and `about`; `news` goes.
        assert_eq!((back.uploaded, back.retired), (3, 1));
        ground.assert_shows(&first(), Some(&second())).await;
        let states: Vec<_> = releases(&ground.store, &[ground.key.public()])
            .await
            .unwrap()
            .into_iter()
            .map(|summary| (summary.release, summary.state))
            .collect();
        assert!(states.contains(&(one.clone(), ReleaseState::Live)));
        assert!(states.contains(&(two.clone(), ReleaseState::Previous)));

        let forth = rollback(&ground.store, Some(two.clone()), &ground.key, at(4)).await.unwrap();
        assert_eq!(forth.release, two);
        ground.assert_shows(&second(), Some(&first())).await;
    }
}

#[tokio::test]
async fn a_rollback_that_can_not_be_whole_is_refused() {
    for ground in grounds().await {
        let go = async |target| rollback(&ground.store, target, &ground.key, at(9)).await;
        let refused = go(None).await;
        assert!(matches!(refused, Err(ReleaseError::Read(ReadError::NothingPublished))));
        let one = ground.publish(&first(), 1).await.unwrap().release;
        assert!(matches!(go(None).await, Err(ReleaseError::NoPrevious)));
        assert!(matches!(go(Some(one.clone())).await, Err(ReleaseError::AlreadyLive(_))));
        let unknown = ReleaseId::parse("0123456789abcdef").unwrap();
        assert!(matches!(go(Some(unknown)).await, Err(ReleaseError::UnknownRelease(_))));
        ground.publish(&second(), 2).await.unwrap();
        ground.publish(&third(), 3).await.unwrap();
        // The first style sheet was retired with the third publication.
        let refused = go(Some(one.clone())).await.unwrap_err();
        let ReleaseError::Incomplete { missing, .. } = &refused else { panic!("{refused}") };
        assert_eq!(missing.len(), 1);
        assert!(missing[0].starts_with("assets/style."), "{missing:?}");
        assert_eq!(
            refused.to_string(),
            format!(
                "release `{one}` can't be restored: its file `{}` is gone; the public files of a \
                 release are kept until the second publication after it",
                missing[0]
            )
        );
        assert_eq!(
            refused.hint(),
            Some("go back to that state of the school's folder and run `lyceum publish`")
        );
        ground.assert_shows(&third(), Some(&second())).await;
    }
}

#[tokio::test]
async fn a_rollback_gives_nobody_back_what_became_paid() {
    for ground in grounds().await {
        let free = first().asset("figure.png", "a picture");
        let ObjectKey::Asset { digest, name } = asset("figure.png", "a picture") else { panic!() };
        let public = asset("figure.png", "a picture").path();
        let lesson = LessonId::parse("ownership").unwrap();
        let gated = ObjectKey::LessonAsset { lesson, digest, name };
        let paid = second().file(gated, "a picture");
        let one = ground.publish(&free, 1).await.unwrap().release;
        ground.publish(&paid, 2).await.unwrap();
        let refused = rollback(&ground.store, None, &ground.key, at(3)).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!(
                "release `{one}` can't be restored: it shows `{public}` to everyone, but in the live \
                 release this file belongs to a lesson that is not open to everyone, and so it \
                 was taken off the public side"
            )
        );
        assert_eq!(
            refused.hint(),
            Some(
                "to keep the lesson closed, mend the school's folder and run `lyceum publish`; \
                 to open it to everyone again, change its `access` or `publish_at` and publish"
            )
        );
        // What became paid is gone from the public side, and stays so.
        let shown = ground.public_side().await;
        assert!(!shown.iter().any(|(path, _)| *path == public), "{public}");
    }
}

#[tokio::test]
async fn the_first_publication_does_not_delete_what_others_put_there() {
    for ground in grounds().await {
        ground.overwrite(&page("holiday.html"), "not a school").await;
        let refused = ground.publish(&first(), 1).await.unwrap_err();
        assert!(matches!(&refused, ReleaseError::NotEmpty { path } if path == "holiday.html"));
        assert!(refused.hint().is_some());
        assert_eq!(ground.public_side().await.len(), 1);
    }
}

#[tokio::test]
async fn a_manifest_that_does_not_fit_its_files_is_refused() {
    for ground in grounds().await {
        let go = async |school: &School, files| {
            publish(&ground.store, files, &school.manifest(), &ground.key, at(1), |_| ()).await
        };
        let mut missing = first().uploads();
        missing.pop();
        let refused = go(&first(), missing).await;
        assert!(matches!(refused, Err(ReleaseError::Missing { .. })));
        let mut other = first().uploads();
        other[0].bytes += 1;
        assert!(matches!(go(&first(), other).await, Err(ReleaseError::Mismatch { .. })));
        let twice = first().page("index.html", "again");
        assert!(matches!(go(&twice, twice.uploads()).await, Err(ReleaseError::Collision { .. })));
        let own = first().file(ObjectKey::Current, "{}");
        assert!(matches!(go(&own, own.uploads()).await, Err(ReleaseError::Collision { .. })));
        assert_eq!(ground.public_side().await, []);
    }
}

#[tokio::test]
async fn another_release_key_can_not_publish_over_a_release() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        let stranger = Ground { key: ReleaseKey::generate().unwrap(), ..ground };
        let refused = stranger.publish(&second(), 2).await.unwrap_err();
        assert!(matches!(refused, ReleaseError::Read(ReadError::NotSigned)));
        assert!(refused.hint().is_some());
        stranger.assert_shows(&first(), None).await;
    }
}

#[tokio::test]
async fn progress_tells_each_object_the_flip_and_what_is_retired() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        let told = std::sync::Mutex::new(Vec::new());
        let note = |step: Progress<'_>| told.lock().unwrap().push(format!("{step:?}"));
        let (files, manifest) = (second().uploads(), second().manifest());
        publish(&ground.store, files, &manifest, &ground.key, at(2), note).await.unwrap();
        let told = told.into_inner().unwrap();
        assert!(told[0].starts_with("Planned { objects: 5"), "{told:?}");
        assert_eq!(told.iter().filter(|step| step.starts_with("Stored")).count(), 5);
        // `news` and both forms of the home page; the Chinese course is what it was.
        assert!(told[0].ends_with("copies: 3 }"), "{told:?}");
        assert_eq!(told.iter().filter(|step| *step == "Copied").count(), 3);
        assert_eq!(told.last().unwrap(), r#"Retired { path: "about/index.html" }"#);
        let flip = told.iter().position(|step| step == "Flipped").unwrap();
        let place = |name: &str| told.iter().position(|step| step.contains(name)).unwrap();
        assert!(place("lessons/ownership/body") < flip && place("assets/style") < flip);
        assert!(flip < place("news/index.html") && flip < place("\"index.html\""));
    }
}

#[tokio::test]
async fn two_publications_at_once_leave_one_whole_release() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        let (two, three) = (second(), third());
        let (a, b) = tokio::join!(ground.publish(&two, 2), ground.publish(&three, 2));
        for refused in [a.as_ref().err(), b.as_ref().err()].into_iter().flatten() {
            let is_clear =
                matches!(refused, ReleaseError::Running { .. } | ReleaseError::Overtaken);
            assert!(is_clear, "{refused:?}");
        }
        let winner = match (a, b) {
            (Ok(_), Err(_)) => &two,
            (Err(_), Ok(_)) => &three,
            (Ok(_), Ok(_)) => panic!("both were published at the same moment"),
            (Err(a), Err(b)) => panic!("neither was published: {a}, {b}"),
        };
        // The loser may have brought hashed files; they go with the next one.
        assert_eq!(ground.publish(winner, 3).await.unwrap().uploaded, 0);
        ground.assert_shows(winner, Some(&first())).await;
    }
}

#[tokio::test]
async fn the_lock_of_a_folder_ends_with_its_holder() {
    for ground in grounds().await {
        let Kind::Folder(folder) = &ground.kind else { continue };
        let lock = std::fs::File::create(folder.path().join("private/.publication.lock"));
        let lock = lock.unwrap();
        lock.lock().unwrap();
        let refused = ground.publish(&first(), 1).await;
        assert!(matches!(refused, Err(ReleaseError::Running { other: None })));
        drop(lock);
        ground.publish(&first(), 2).await.unwrap();
    }
}

#[tokio::test]
async fn a_store_opened_anew_knows_what_was_published() {
    for ground in grounds().await {
        ground.publish(&first(), 1).await.unwrap();
        let ground = Ground { store: Store::open(&ground.config).unwrap(), ..ground };
        assert_eq!(ground.publish(&first(), 2).await.unwrap().uploaded, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn publication_rollback_and_catalog_can_run_on_other_threads() {
    for ground in grounds().await {
        let task = tokio::spawn(async move {
            ground.publish(&first(), 1).await.unwrap();
            ground.publish(&second(), 2).await.unwrap();
            rollback(&ground.store, None, &ground.key, at(3)).await.unwrap();
            let keys = vec![ground.key.public()];
            let catalog = Catalog::open(ground.store.clone(), keys).await.unwrap();
            catalog.refresh().await.unwrap()
        });
        assert_eq!(task.await.unwrap(), Refreshed::Unchanged);
    }
}
