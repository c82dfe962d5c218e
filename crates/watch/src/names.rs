//! Names that must not be kept: a property or an event whose name is a value that is purged.

use model::WorkspaceId;

use crate::error::WatchError;
use crate::profile::Profile;
use crate::room::Room;
use crate::watch::Watch;

impl Room {
    /// Forgets what was learned under names that must go; gives how many profiles went. Their places stay, under a mark.
    pub fn forget_names(&mut self, is_gone: &dyn Fn(&str) -> bool) -> usize {
        let mut forgotten = 0;
        self.arrivals.forget(is_gone);
        for (number, profile) in self.profiles.iter_mut().enumerate().skip(1) {
            let (event, path) = (is_gone(&profile.event), is_gone(&profile.path));
            if event || path {
                // Two different properties must stay different.
                let mark = format!("[purged {number}]");
                let own = |is_gone: bool, name: &str| if is_gone { mark.clone() } else { name.to_owned() };
                let (event, path) = (own(event, &profile.event), own(path, &profile.path));
                *profile = Profile::new(&event, path, profile.last_ms);
                profile.changed = true;
                forgotten += 1;
            }
        }
        forgotten
    }
}

impl Watch {
    /// Forgets what was learned under names that must go; gives how many profiles went.
    ///
    /// # Errors
    /// The database's; it is forgotten in memory by then, and written the next time.
    pub fn forget_names(
        &self,
        workspace: WorkspaceId,
        is_gone: &dyn Fn(&str) -> bool,
    ) -> Result<usize, WatchError> {
        self.in_room(workspace, |room| room.forget_names(is_gone))
    }
}
